export * from "./config.ts";
export * from "./cursors.ts";
export * from "./durations.ts";
export * from "./errors.ts";
export * from "./ids.ts";
export * from "./logger.ts";
export * from "./modules.ts";
