export { audioRoutes } from "./audio.routes.ts";
export { audioFault, audioUrlFaultOf } from "./audio-faults.ts";
export { storeUpload } from "./store-upload.ts";
