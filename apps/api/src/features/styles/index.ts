export { checkOwnStyle, faultOfStyle } from "./own-style.ts";
export { styleRoutes } from "./styles.routes.ts";
