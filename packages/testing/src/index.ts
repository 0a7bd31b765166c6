export * from "./backends.ts";
export * from "./database.ts";
export * from "./provided.ts";
export * from "./redis.ts";
export * from "./temp-dir.ts";
