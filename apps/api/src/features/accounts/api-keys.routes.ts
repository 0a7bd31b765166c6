import {
  type ApiKey as ApiKeyView,
  createApiKey as createApiKeyContract,
  deleteApiKey as deleteApiKeyContract,
  listApiKeys as listApiKeysContract,
} from "@phonoscene/contracts";
import { type ApiKeyRow, createApiKey, type Database, deleteApiKey, listApiKeys } from "@phonoscene/db";
import { AppError, decodeCursor } from "@phonoscene/kernel";

import { endpoint, type Route } from "../../http/endpoint.ts";
import { newApiKeySecret } from "./key-secrets.ts";
import { toPage } from "./pages.ts";

export const toApiKeyView = (row: ApiKeyRow): ApiKeyView => ({
  object: "apiKey",
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  // Only scopes of the contract were ever stored, and the answer's schema checks them.
  scopes: row.scopes as ApiKeyView["scopes"],
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt?.toISOString() ?? null,
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
});

export const apiKeyRoutes = ({ database: { db } }: { database: Database }): Route[] => [
  endpoint(createApiKeyContract, async ({ user, body }) => {
    const { key, prefix, hash } = newApiKeySecret();
    const row = await createApiKey(db, { ...body, userId: user.id, prefix, hash });
    return { ...toApiKeyView(row), key };
  }),

  endpoint(listApiKeysContract, async ({ user, query: { limit, cursor } }) => {
    const after = cursor === undefined ? null : decodeCursor(cursor);
    const { data, ...page } = toPage(await listApiKeys(db, user.id, { limit, after }), limit);
    return { ...page, data: data.map(toApiKeyView) };
  }),

  endpoint(deleteApiKeyContract, async ({ user, params }) => {
    if (await deleteApiKey(db, { id: params.id, userId: user.id })) return undefined;
    throw new AppError("api-key/not-found", {
      detail: "There is no such API key among yours: it was never there, or it was deleted.",
    });
  }),
];
