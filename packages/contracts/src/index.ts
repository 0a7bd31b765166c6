export * from "./accounts.ts";
export * from "./endpoint.ts";
export * from "./endpoints.ts";
export * from "./problem.ts";
export * from "./problems.ts";
export * from "./storyboard.ts";
export * from "./tasks.ts";
export * from "./warnings.ts";
