import { z } from "zod";

import { defineEndpoint } from "./endpoint.ts";

/** The header by which a provider shows that it was told where to call. */
export const PROVIDER_HOOK_HEADER = "x-phonoscene-hook-secret";

/** What AssemblyAI sends when a transcript is over. Not strict: the provider may add to it. */
export const AssemblyAiCall = z.object({ transcript_id: z.string().min(1).max(200), status: z.string().max(50) }).meta({
  id: "AssemblyAiCall",
  example: { transcript_id: "9ea68fd3-f953-42c1-9742-976c447fb463", status: "completed" },
});

export const assemblyAiHook = defineEndpoint({
  method: "post",
  path: "/v1/hooks/assemblyai/{hookId}",
  operationId: "assemblyAiHook",
  summary: "AssemblyAI calls here when a transcript is over",
  description:
    "Not for clients. The path and the header are made by the worker for one transcript; a call only hastens the next look at the provider.",
  tag: "Operations",
  auth: "none",
  limit: "hook",
  params: z.strictObject({ hookId: z.string().max(200) }),
  headers: z.object({ [PROVIDER_HOOK_HEADER]: z.string().max(200) }),
  body: AssemblyAiCall,
  maxBodyBytes: 2000,
  status: 204,
  problems: [
    "request/malformed",
    "request/invalid",
    "request/too-large",
    "request/unsupported-media-type",
    "hook/refused",
  ],
});
