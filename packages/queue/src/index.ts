export * from "./backend.ts";
export * from "./catalog.ts";
export * from "./producer.ts";
export * from "./relay.ts";
export * from "./workers.ts";
