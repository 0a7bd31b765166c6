import type { TaskOptions, Warning } from "@phonoscene/contracts";
import type { Retargetable, RetargetPlan } from "@phonoscene/db";
import { retargetPrompt } from "@phonoscene/prompting/retarget";

export type Retarget = { options: TaskOptions; overwrite: boolean };

const positionsOf = (list: Retargetable["prompts"]): number[] => list.map(({ position }) => position);

/** "Prompts 1, 4" as people count them. */
const label = (positions: readonly number[]): string =>
  `${positions.length === 1 ? "Prompt" : "Prompts"} ${positions.map((position) => position + 1).join(", ")}`;

const skipped = (positions: readonly number[], why: string): Warning[] =>
  positions.length === 0 ? [] : [{ code: "prompt_skipped", message: `${label(positions)}: ${why}` }];

/** What another target makes of the prompts that may change, and why others stay. */
export const planRetarget = (
  { prompts, savedStyle }: Retargetable,
  { options, overwrite }: Retarget,
): RetargetPlan & { warnings: Warning[] } => {
  const open = prompts.filter(({ locked }) => !locked);
  const bare = open.filter(({ slots }) => slots.length === 0);
  const written = open.filter(({ slots }) => slots.length > 0);
  const edited = overwrite ? [] : written.filter((prompt) => prompt.edited);
  const rewritten = written
    .filter((prompt) => !edited.includes(prompt))
    .map(({ id, position, slots }) => ({ id, ...retargetPrompt(slots, { options, savedStyle }, label([position])) }));
  return {
    options,
    updates: rewritten.map(({ id, words }) => ({ id, ...words })),
    warnings: [
      ...skipped(
        positionsOf(edited),
        "changed by hand, and left as they are. Send overwrite: true to write them anew.",
      ),
      ...skipped(positionsOf(bare), "added by hand, and left as they are: there is nothing to write them anew from."),
      ...rewritten.flatMap(({ warnings }) => warnings),
    ],
  };
};
