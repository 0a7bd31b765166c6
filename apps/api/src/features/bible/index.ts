export { bibleRoutes } from "./bible.routes.ts";
