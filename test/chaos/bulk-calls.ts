import { newId } from "../../packages/kernel/src/index.ts";

export const ITEMS = 10_000;

/** One call that names every item; `key` is its Idempotency-Key. */
export type BulkCall = { method: "POST" | "PATCH"; path: string; items: unknown[]; list: "items" | "ids"; key: string };

export type BulkResult = { index: number; id?: string; error?: { code: string } };

export type BulkAnswer = {
  status: number;
  code: string | null;
  /** Places of the items at fault, of a call that was refused as a whole. */
  refused: number[];
  results: BulkResult[];
};

/** Where to ask, and as whom. */
export type Caller = { port: number; token: string };

const nameOf = (label: string, index: number): string => `${label} ${index}`;

export const createCall = (label: string): BulkCall => ({
  method: "POST",
  path: "/v1/tasks/bulk",
  list: "items",
  key: newId(),
  items: Array.from({ length: ITEMS }, (_value, index) => ({ text: `Text ${index}.`, name: nameOf(label, index) })),
});

/** Renames every task and rewrites its one prompt. */
export const updateCall = (tasks: readonly SeededTask[], label: string): BulkCall => ({
  method: "PATCH",
  path: "/v1/tasks/bulk",
  list: "items",
  key: newId(),
  items: tasks.map(({ id, promptId }, index) => ({
    id,
    name: nameOf(label, index),
    prompts: [{ id: promptId, content: nameOf(label, index) }],
  })),
});

export const deleteCall = (tasks: readonly SeededTask[]): BulkCall => ({
  method: "POST",
  path: "/v1/tasks/bulk/delete",
  list: "ids",
  key: newId(),
  items: tasks.map(({ id }) => id),
});

export type SeededTask = { id: string; promptId: string };

/** The call with an item at `place`, from 1, that cannot be done. */
export const withBadItem = (call: BulkCall, place: number): BulkCall => {
  const bad = call.path.endsWith("/delete")
    ? newId()
    : call.method === "PATCH"
      ? { id: newId(), name: "x" }
      : { text: "" };
  return { ...call, key: newId(), items: call.items.with(place - 1, bad) };
};

/** @throws TypeError where no answer came. */
export const sendCall = async ({ port, token }: Caller, call: BulkCall, atomic: boolean): Promise<BulkAnswer> => {
  const { method, path, list, items, key } = call;
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify({ [list]: items, atomic }),
  });
  // Results or a problem.
  const body = (await answer.json()) as { code?: string; errors?: { index: number }[]; results?: BulkResult[] };
  return {
    status: answer.status,
    code: body.code ?? null,
    refused: (body.errors ?? []).map(({ index }) => index),
    results: body.results ?? [],
  };
};
