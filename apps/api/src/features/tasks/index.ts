export { lifecycleRoutes } from "./lifecycle.routes.ts";
export { taskRoutes } from "./tasks.routes.ts";
export { toErrorView, toTaskView, toTranscriptWithWords } from "./tasks.view.ts";
export { etagOf, readTask, taskNotFound } from "./read-task.ts";
