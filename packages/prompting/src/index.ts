export type * from "./port.ts";
export * from "./language-model/index.ts";
export { createLocalEngine } from "./local/engine.ts";
export { rewritePrompts } from "./rewrite.ts";
export { writeStoryboard } from "./storyboard.ts";
