export * from "./client.ts";
export * from "./outbox.repo.ts";
export * from "./reconcile.ts";
export * from "./results.repo.ts";
export * from "./sessions.repo.ts";
export * from "./task-state.ts";
export * from "./tasks.repo.ts";
export * from "./users.repo.ts";
