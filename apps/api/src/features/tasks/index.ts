export { lifecycleRoutes } from "./lifecycle.routes.ts";
export { taskNotFound } from "./read-task.ts";
export { taskRoutes } from "./tasks.routes.ts";
export { toErrorView, toTaskView, toTranscriptWithWords } from "./tasks.view.ts";
