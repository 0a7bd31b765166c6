import { type Database } from "@phonoscene/db";
import type { Logger, ProviderHooks } from "@phonoscene/kernel";
import type { AddressPolicy } from "@phonoscene/outbound";
import type { Producer, QueueBackend, Relay } from "@phonoscene/queue";
import type { AudioStorage } from "@phonoscene/storage";
import express, { type Express } from "express";
import helmet from "helmet";

import { accountExportRoutes } from "./features/account-export/index.ts";
import {
  type AccessTokens,
  accountRoutes,
  apiKeyRoutes,
  createAuthenticate,
  type LoginGuard,
  meRoutes,
  type Passwords,
  type PasswordStrength,
  type RefreshTokens,
  sessionRoutes,
} from "./features/accounts/index.ts";
import { audioRoutes } from "./features/audio/index.ts";
import { bibleRoutes } from "./features/bible/index.ts";
import { bulkRoutes } from "./features/bulk/index.ts";
import { mountDocs } from "./features/docs/index.ts";
import { eventRoutes } from "./features/events/index.ts";
import { exportRoutes } from "./features/exports/index.ts";
import { healthRoutes } from "./features/health/index.ts";
import { hookRoutes } from "./features/hooks/index.ts";
import { operationRoutes } from "./features/operations/index.ts";
import { promptRoutes } from "./features/prompts/index.ts";
import { rewriteRoutes } from "./features/rewrites/index.ts";
import { styleRoutes } from "./features/styles/index.ts";
import { lifecycleRoutes, taskRoutes } from "./features/tasks/index.ts";
import { transcriptRoutes } from "./features/transcripts/index.ts";
import { webhookRoutes } from "./features/webhooks/index.ts";
import { createOnceOnly } from "./http/idempotency.ts";
import { mount } from "./http/mount.ts";
import { renderProblem, routeNotFound } from "./http/problem-details.ts";
import type { RateLimits } from "./http/rate-limits.ts";
import { requestLog } from "./http/request-log.ts";
import { createUploadReceiver } from "./http/upload.ts";

export type AppDependencies = {
  database: Database;
  backend: Pick<QueueBackend, "kind" | "ping">;
  relay: Pick<Relay, "wake">;
  producer: Pick<Producer, "counts">;
  storage: AudioStorage;
  tokens: AccessTokens;
  refreshTokens: RefreshTokens;
  passwords: Passwords;
  passwordStrength: PasswordStrength;
  limits: RateLimits;
  loginGuard: LoginGuard;
  /** Null where no provider is asked to call. */
  providerHooks: ProviderHooks | null;
  logger: Logger;
  trustProxyHops: number;
  maxUploadBytes: number;
  /** Which addresses an `audioUrl` and a webhook may name. */
  isAllowedAddress: AddressPolicy;
  version: string;
  /** Aborts when the process begins to stop: answers that are held back are sent, streams that would never end, end. */
  stopping: AbortSignal;
  /** How often an event stream shows that it lives, and asks whether its caller still may listen; 15 s unless told. */
  streamHeartbeatMs?: number;
};

/** The HTTP application; touches nothing until a request comes. */
export const createApp = (deps: AppDependencies): Express => {
  const app = express();
  app.set("trust proxy", deps.trustProxyHops);
  app.disable("x-powered-by");
  app.use(requestLog(deps.logger));
  app.use((_request, response, next) => {
    // A caller who keeps a connection would else use it until it is cut, in the middle of some request.
    if (deps.stopping.aborted) response.setHeader("Connection", "close");
    next();
  });
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { defaultSrc: ["'none'"], baseUri: ["'none'"], frameAncestors: ["'none'"] },
      },
      referrerPolicy: { policy: "no-referrer" },
    }),
  );
  app.use((_request, response, next) => {
    response.setHeader("Cache-Control", "no-store");
    next();
  });
  mountDocs(app, deps.version);
  const routes = [
    ...accountRoutes(deps),
    ...meRoutes(deps),
    ...accountExportRoutes(deps),
    ...sessionRoutes(deps),
    ...apiKeyRoutes(deps),
    ...audioRoutes(deps),
    ...bulkRoutes(deps),
    ...taskRoutes(deps),
    ...lifecycleRoutes(deps),
    ...promptRoutes(deps),
    ...bibleRoutes(deps),
    ...rewriteRoutes(deps),
    ...styleRoutes(deps),
    ...transcriptRoutes(deps),
    ...exportRoutes(deps),
    ...eventRoutes(deps),
    ...webhookRoutes(deps),
    ...operationRoutes(deps),
    ...hookRoutes(deps),
    ...healthRoutes(deps),
  ];
  mount(app, routes, {
    authenticate: createAuthenticate(deps),
    receiveUpload: createUploadReceiver({ incomingDir: deps.storage.incomingDir, maxFileBytes: deps.maxUploadBytes }),
    limits: deps.limits,
    onceOnly: createOnceOnly(deps.database),
    stopping: deps.stopping,
  });
  app.use(routeNotFound);
  app.use(renderProblem);
  return app;
};
