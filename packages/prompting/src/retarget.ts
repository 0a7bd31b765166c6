// Loaded by processes that never write a prompt: nothing here may import an engine.
import type { Slot, TaskOptions } from "@phonoscene/contracts";

import { withSavedStyle } from "./look/style.ts";
import type { SavedStyle } from "./port.ts";
import { formatSlots, type Written } from "./prompt.ts";

export { entityId } from "./bible/entity-id.ts";

/** The same slots for another target, or with other options. `label` names the prompt in warnings: "Prompt 3". */
export const retargetPrompt = (
  slots: readonly Slot[],
  { options, savedStyle }: { options: TaskOptions; savedStyle: SavedStyle | null },
  label: string,
): Written => formatSlots(slots, withSavedStyle(options, savedStyle), label);
