export { taskNotFound, taskRoutes } from "./tasks.routes.ts";
export { toTaskView } from "./tasks.view.ts";
