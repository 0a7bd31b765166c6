import { type FakeAssemblyAi, startAssemblyAi } from "../../packages/testing/src/vendors/assemblyai.ts";
import { type FakeOpenAi, startOpenAi } from "../../packages/testing/src/vendors/openai.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

/** The providers, which are not real, behind proxies that make them as slow or broken as a row wants. */
export type Vendors = {
  speech: FakeAssemblyAi;
  prompts: FakeOpenAi;
  speechProxy: TcpProxy;
  promptsProxy: TcpProxy;
  env: Record<string, string>;
  close(): Promise<void>;
};

const portOf = (url: string): number => Number(new URL(url).port);

/** `answerMs`: how long a piece takes each way, so that there is a middle of a job to be killed in. */
export const startVendors = async (answerMs: number): Promise<Vendors> => {
  const speech = await startAssemblyAi({ pollsUntilDone: 0 });
  const prompts = await startOpenAi();
  const speechProxy = await startTcpProxy(portOf(speech.baseUrl));
  const promptsProxy = await startTcpProxy(portOf(prompts.baseUrl));
  for (const proxy of [speechProxy, promptsProxy]) proxy.set({ kind: "delay", ms: answerMs });
  return {
    speech,
    prompts,
    speechProxy,
    promptsProxy,
    env: {
      SPEECH_ENGINE: "assemblyai",
      ASSEMBLYAI_API_KEY: "key",
      ASSEMBLYAI_BASE_URL: `http://127.0.0.1:${speechProxy.port}`,
      PROMPT_ENGINE: "openai",
      OPENAI_API_KEY: "key",
      OPENAI_BASE_URL: `http://127.0.0.1:${promptsProxy.port}/v1`,
    },
    close: async () => {
      await Promise.all([speechProxy.close(), promptsProxy.close()]);
      await Promise.all([speech.close(), prompts.close()]);
    },
  };
};
