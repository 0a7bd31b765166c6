export { lifecycleRoutes } from "./lifecycle.routes.ts";
export { taskRoutes } from "./tasks.routes.ts";
