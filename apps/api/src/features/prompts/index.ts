export { toPromptView } from "./prompt.view.ts";
export { promptRoutes } from "./prompts.routes.ts";
