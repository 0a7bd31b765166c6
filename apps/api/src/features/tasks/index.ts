export { lifecycleRoutes } from "./lifecycle.routes.ts";
export { taskNotFound } from "./read-task.ts";
export { taskRoutes } from "./tasks.routes.ts";
export { toErrorView, toTaskView } from "./tasks.view.ts";
