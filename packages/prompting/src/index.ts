export type * from "./port.ts";
export * from "./language-model/index.ts";
