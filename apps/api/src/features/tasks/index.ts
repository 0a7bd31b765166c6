export { taskNotFound, taskRoutes } from "./tasks.routes.ts";
export { toErrorView, toTaskView } from "./tasks.view.ts";
