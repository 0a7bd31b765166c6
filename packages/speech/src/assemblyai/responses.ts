import { createVendorFailures } from "../vendor-failures.ts";

export type ProviderAccess = { apiKey: string; baseUrl: string };

export const failures = createVendorFailures({
  name: "AssemblyAI",
  keyVariable: "ASSEMBLYAI_API_KEY",
  refusals: { 404: "AssemblyAI does not know this transcript any more: create the task again." },
});
export const { rejection, unusable, unreachable, tookTooLong, readBody } = failures;
