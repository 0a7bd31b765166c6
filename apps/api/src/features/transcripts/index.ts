export { revisionNotFound, withRevision } from "./revision.ts";
export { transcriptRoutes } from "./transcripts.routes.ts";
