export { rewriteRoutes } from "./rewrites.routes.ts";
