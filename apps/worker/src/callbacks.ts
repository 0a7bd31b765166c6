import { PROVIDER_HOOK_HEADER } from "@phonoscene/contracts";
import { createProviderHooks } from "@phonoscene/kernel";
import type { ProviderCallback } from "@phonoscene/speech";

/** Where AssemblyAI may call about a task; null without a public address, and the worker then polls. */
export const createCallbacks = (
  config: { publicUrl: string; secret: string } | null,
): ((taskId: string) => ProviderCallback | null) => {
  if (config === null) return () => null;
  const { tokenFor, headerValue } = createProviderHooks(config.secret);
  const publicUrl = config.publicUrl.replace(/\/$/, "");
  return (taskId) => ({
    url: `${publicUrl}/v1/hooks/assemblyai/${tokenFor(taskId)}`,
    headerName: PROVIDER_HOOK_HEADER,
    headerValue,
  });
};
