import type { MalformedItem } from "@phonoscene/contracts";
import type { BulkItem, ItemFault, ItemOutcome } from "@phonoscene/db";
import { AppError } from "@phonoscene/kernel";

const isMalformed = (item: unknown): item is MalformedItem =>
  typeof item === "object" && item !== null && "malformed" in item;

/** Items that did not pass their schema become faults of their own places. */
export const toBulkItems = <Item>(items: readonly (Item | MalformedItem)[]): BulkItem<Item>[] =>
  items.map((item) => (isMalformed(item) ? { fault: { code: "request/invalid", ...item.malformed } } : { item: item }));

const counted = (count: number): string => (count === 1 ? "1 item is" : `${count} items are`);

const refuse = (faults: readonly (ItemFault & { index: number })[], list: string): AppError => {
  const errors = faults.map(({ index, path, code, message }) => ({
    path: ["body", list, String(index), ...(path === "" ? [] : [path])].join("."),
    code,
    message,
    index,
  }));
  const detail = `Nothing was done: ${counted(errors.length)} at fault, as errors says. Correct them, or send atomic: false to do the rest.`;
  return new AppError("bulk/refused", { detail, errors });
};

export type Settle = { isAtomic: boolean; list: "items" | "ids" };

/**
 * One result an item, in the order they came in.
 * @throws AppError "bulk/refused" where the call is atomic and an item is at fault.
 */
export const toResults = <Done extends object>(
  outcomes: readonly ItemOutcome<Done>[],
  { isAtomic, list }: Settle,
): ((Done & { index: number }) | { index: number; error: ItemFault })[] => {
  const faults = outcomes.flatMap((outcome, index) => ("fault" in outcome ? [{ index, ...outcome.fault }] : []));
  if (isAtomic && faults.length > 0) throw refuse(faults, list);
  return outcomes.map((outcome, index) =>
    "fault" in outcome ? { index, error: outcome.fault } : { index, ...outcome.done },
  );
};
