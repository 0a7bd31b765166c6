import { LEASE_MS } from "@phonoscene/db";
import {
  createPriceList,
  hookSecret,
  HOUR,
  httpUrl,
  MINUTE,
  MODEL_CACHE_VARIABLES,
  modelCacheDirOf,
  parseConfig,
  priceOverrides,
  queueUrlOf,
  SECOND,
  STORE_VARIABLES,
  wholeNumber,
} from "@phonoscene/kernel";
import { networkList } from "@phonoscene/outbound";
import { QUEUE_NAMES } from "@phonoscene/queue";
import { z } from "zod";

const WorkerQueues = z
  .string()
  .transform((list) => [...new Set(list.split(",").map((name) => name.trim()))].filter((name) => name !== ""))
  .pipe(z.array(z.enum(QUEUE_NAMES)).min(1));

const wordList = z
  .string()
  .transform((list) => list.split(",").map((word) => word.trim()))
  .transform((words) => words.filter((word) => word !== ""));

const dollarsADay = z.coerce
  .number()
  .pipe(z.number().min(0.01).max(1_000_000))
  .transform((usd) => Math.round(usd * 1_000_000));

const CALLS_AT_ONCE = wholeNumber(1, 10_000);
const CALLS_A_MINUTE = wholeNumber(1, 1_000_000);

const yesOrNo = z.enum(["true", "false"]).transform((word) => word === "true");

/** Every variable that this app reads; .env.example explains them. */
export const WORKER_VARIABLES = z.object({
  ...STORE_VARIABLES,
  WORKER_QUEUES: WorkerQueues.default([...QUEUE_NAMES]),
  WORKER_CONCURRENCY: wholeNumber(1, 100).default(1),
  WORKER_GRACE_MS: wholeNumber(0, HOUR).default(8 * SECOND),
  WORKER_LEASE_MS: wholeNumber(2 * SECOND, HOUR).default(LEASE_MS),
  WORKER_LOCK_MS: wholeNumber(2 * SECOND, HOUR).default(30 * SECOND),
  WORKER_HEALTH_PORT: wholeNumber(0, 65_535).optional(),
  OUTBOUND_ALLOWED_NETWORKS: networkList.optional(),
  SPEECH_ENGINE: z.enum(["auto", "local", "whisper", "assemblyai", "openai"]).default("auto"),
  SPEECH_MODEL: z.enum(["base", "tiny"]).default("base"),
  SPEECH_MODEL_DIR: z.string().optional(),
  SPEECH_MAX_DURATION_MS: wholeNumber(SECOND, 24 * HOUR).default(10 * HOUR),
  WHISPER_MODEL: z.string().default("whisper-base"),
  ...MODEL_CACHE_VARIABLES,
  FFMPEG_PATH: z.string().optional(),
  ASSEMBLYAI_API_KEY: z.string().optional(),
  ASSEMBLYAI_BASE_URL: httpUrl.optional(),
  ASSEMBLYAI_TIMEOUT_MS: wholeNumber(SECOND, 24 * HOUR).default(30 * MINUTE),
  ASSEMBLYAI_SPEECH_MODELS: wordList.optional(),
  ASSEMBLYAI_LANGUAGE_CONFIDENCE: z.coerce.number().min(0).max(1).default(0.5),
  ASSEMBLYAI_EXPECTED_LANGUAGES: wordList.optional(),
  ASSEMBLYAI_SPEAKER_LABELS: yesOrNo.default(false),
  ASSEMBLYAI_DELETE_AFTER: yesOrNo.default(true),
  ASSEMBLYAI_MAX_CONCURRENT: CALLS_AT_ONCE.optional(),
  ASSEMBLYAI_REQUESTS_PER_MINUTE: CALLS_A_MINUTE.optional(),
  OPENAI_MAX_CONCURRENT: CALLS_AT_ONCE.optional(),
  OPENAI_REQUESTS_PER_MINUTE: CALLS_A_MINUTE.optional(),
  OPENAI_SPEECH_MAX_CONCURRENT: CALLS_AT_ONCE.optional(),
  OPENAI_SPEECH_REQUESTS_PER_MINUTE: CALLS_A_MINUTE.optional(),
  SPEND_CAP_USER_USD_PER_DAY: dollarsADay.optional(),
  SPEND_CAP_TOTAL_USD_PER_DAY: dollarsADay.optional(),
  PROVIDER_PRICES: priceOverrides.optional(),
  PUBLIC_URL: httpUrl.optional(),
  PROVIDER_HOOK_SECRET: hookSecret.optional(),
  PROMPT_ENGINE: z.enum(["auto", "local", "openai"]).default("auto"),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: httpUrl.optional(),
  OPENAI_MODEL: z.string().default("gpt-5-mini"),
  OPENAI_TIMEOUT_MS: wholeNumber(SECOND, HOUR).default(2 * MINUTE),
  OPENAI_SPEECH_MODEL: z.string().default("whisper-1"),
  OPENAI_SPEECH_BASE_URL: httpUrl.optional(),
  OPENAI_SPEECH_TIMEOUT_MS: wholeNumber(SECOND, HOUR).default(10 * MINUTE),
});

const WorkerConfig = WORKER_VARIABLES.superRefine((env, context) => {
  const needKey = (name: "ASSEMBLYAI_API_KEY" | "OPENAI_API_KEY", engine: string): void => {
    if (env[name] !== undefined) return;
    const message = `is missing, and ${engine} needs it. Set it, or set the engine to auto or local`;
    context.addIssue({ code: "custom", path: [name], message });
  };
  if (env.SPEECH_ENGINE === "assemblyai") needKey("ASSEMBLYAI_API_KEY", "SPEECH_ENGINE=assemblyai");
  if (env.SPEECH_ENGINE === "openai") needKey("OPENAI_API_KEY", "SPEECH_ENGINE=openai");
  if (env.PUBLIC_URL !== undefined && env.PROVIDER_HOOK_SECRET === undefined) {
    const message = "is missing, and PUBLIC_URL needs it. Set the same for API and worker, or unset PUBLIC_URL to poll";
    context.addIssue({ code: "custom", path: ["PROVIDER_HOOK_SECRET"], message });
  }
  if (env.PROMPT_ENGINE === "openai") needKey("OPENAI_API_KEY", "PROMPT_ENGINE=openai");
}).transform((env) => ({
  databaseUrl: env.DATABASE_URL,
  databasePoolSize: env.DATABASE_POOL_SIZE,
  queueUrl: queueUrlOf(env),
  queuePrefix: env.QUEUE_PREFIX,
  dataDir: env.PHONOSCENE_DATA_DIR,
  logLevel: env.LOG_LEVEL,
  queues: env.WORKER_QUEUES,
  concurrency: env.WORKER_CONCURRENCY,
  graceMs: env.WORKER_GRACE_MS,
  leaseMs: env.WORKER_LEASE_MS,
  healthPort: env.WORKER_HEALTH_PORT,
  timings: { ...TIMINGS, lockDurationMs: env.WORKER_LOCK_MS },
  allowedNetworks: env.OUTBOUND_ALLOWED_NETWORKS,
  speech: {
    engine: env.SPEECH_ENGINE,
    model: env.SPEECH_MODEL,
    modelDir: env.SPEECH_MODEL_DIR,
    whisper: { model: env.WHISPER_MODEL, cacheDir: modelCacheDirOf(env), hubUrl: env.WHISPER_HUB_URL },
    ffmpegPath: env.FFMPEG_PATH,
    maxDurationMs: env.SPEECH_MAX_DURATION_MS,
    assemblyAiApiKey: env.ASSEMBLYAI_API_KEY,
    assemblyAiBaseUrl: env.ASSEMBLYAI_BASE_URL,
    timeoutMs: env.ASSEMBLYAI_TIMEOUT_MS,
    assemblyAi: {
      ...(env.ASSEMBLYAI_SPEECH_MODELS !== undefined && { speechModels: env.ASSEMBLYAI_SPEECH_MODELS }),
      ...(env.ASSEMBLYAI_EXPECTED_LANGUAGES !== undefined && { expectedLanguages: env.ASSEMBLYAI_EXPECTED_LANGUAGES }),
      languageConfidence: env.ASSEMBLYAI_LANGUAGE_CONFIDENCE,
      hasSpeakerLabels: env.ASSEMBLYAI_SPEAKER_LABELS,
    },
    openAi: {
      apiKey: env.OPENAI_API_KEY,
      baseUrl: env.OPENAI_SPEECH_BASE_URL ?? env.OPENAI_BASE_URL,
      model: env.OPENAI_SPEECH_MODEL,
      requestTimeoutMs: env.OPENAI_SPEECH_TIMEOUT_MS,
    },
  },
  providers: {
    limits: {
      assemblyai: {
        maxConcurrent: env.ASSEMBLYAI_MAX_CONCURRENT ?? null,
        requestsPerMinute: env.ASSEMBLYAI_REQUESTS_PER_MINUTE ?? null,
      },
      openai: {
        maxConcurrent: env.OPENAI_MAX_CONCURRENT ?? null,
        requestsPerMinute: env.OPENAI_REQUESTS_PER_MINUTE ?? null,
      },
      "openai-speech": {
        maxConcurrent: env.OPENAI_SPEECH_MAX_CONCURRENT ?? null,
        requestsPerMinute: env.OPENAI_SPEECH_REQUESTS_PER_MINUTE ?? null,
      },
    },
    caps: {
      userMicroUsd: env.SPEND_CAP_USER_USD_PER_DAY ?? null,
      totalMicroUsd: env.SPEND_CAP_TOTAL_USD_PER_DAY ?? null,
    },
    prices: createPriceList(env.PROVIDER_PRICES),
  },
  keepsProviderCopy: !env.ASSEMBLYAI_DELETE_AFTER,
  callbacks:
    env.PUBLIC_URL === undefined || env.PROVIDER_HOOK_SECRET === undefined
      ? null
      : { publicUrl: env.PUBLIC_URL, secret: env.PROVIDER_HOOK_SECRET },
  prompting: {
    engine: env.PROMPT_ENGINE,
    apiKey: env.OPENAI_API_KEY,
    baseUrl: env.OPENAI_BASE_URL,
    model: env.OPENAI_MODEL,
    requestTimeoutMs: env.OPENAI_TIMEOUT_MS,
  },
}));

/** How long things take that nobody should have to wait for in a test. */
export type WorkerTimings = {
  /** How long the queue believes in a worker that it does not hear of; half as often it looks for such. */
  lockDurationMs: number;
  /** Before the second attempt of a job; doubled for each one after. */
  retryBaseMs: number;
  reconcileEveryMs: number;
  /** After which a task that nobody holds is asked for again. */
  staleAfterMs: number;
};

const TIMINGS: Omit<WorkerTimings, "lockDurationMs"> = {
  retryBaseMs: SECOND,
  reconcileEveryMs: 5 * SECOND,
  staleAfterMs: 15 * SECOND,
};

export type WorkerConfig = Readonly<z.output<typeof WorkerConfig>>;

/** @throws AppError "config/invalid" naming every faulty variable. */
export const readConfig = (env: NodeJS.ProcessEnv): WorkerConfig => parseConfig(WorkerConfig, env);
