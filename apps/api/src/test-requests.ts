import type { Operation } from "./test-operations.ts";
import { sampleOf } from "./test-operations.ts";
import type { OwnedIds } from "./test-owned.ts";
import type { ApiWorld } from "./test-world.ts";

/** Which row a parameter of a path names, by what comes before it. */
const KINDS: Record<string, keyof OwnedIds> = {
  "/v1/tasks/{id}": "task",
  "/v1/tasks/{id}/prompts/{promptId}": "prompt",
  "/v1/me/sessions/{id}": "session",
  "/v1/api-keys/{id}": "apiKey",
  "/v1/audio/{id}": "audio",
  // An address that no provider was told.
  "/v1/hooks/assemblyai/{hookId}": "task",
  "/v1/styles/{id}": "style",
  "/v1/webhooks/{id}": "webhook",
  "/v1/webhooks/{id}/deliveries/{deliveryId}": "delivery",
};

/** The path with somebody's ids in it. */
export const pathWith = ({ contract: { path } }: Operation, ids: OwnedIds): string =>
  path.replaceAll(/\{\w+\}/g, (name, at: number) => {
    const kind = KINDS[path.slice(0, at + name.length)];
    if (kind === undefined) throw new Error(`what does ${name} of ${path} name? Add it to KINDS in test-requests.ts`);
    return ids[kind];
  });

/** Bodies that the document's schema alone does not tell, and those that name rows. */
const BODIES: Record<string, (ids: OwnedIds) => unknown> = {
  createTask: () => ({ text: "Words." }),
  createTasksInBulk: () => ({ items: [{ text: "Words." }] }),
  updateTasksInBulk: ({ task, prompt }) => ({
    items: [{ id: task, name: "new", prompts: [{ id: prompt, content: "new" }] }],
  }),
  deleteTasksInBulk: ({ task }) => ({ ids: [task] }),
  updateTask: () => ({ name: "new" }),
  editPrompt: () => ({ content: "new" }),
  regeneratePrompts: ({ prompt }) => ({ promptIds: [prompt] }),
  updateMe: () => ({ name: "new" }),
  restorePrompt: () => ({ version: 1 }),
  editTranscript: () => ({ segments: [{ id: 0, text: "new" }] }),
  changePassword: () => ({ currentPassword: "wrong", newPassword: "wrong horse battery" }),
};

export const bodyWith = ({ contract, body }: Operation, ids: OwnedIds): unknown =>
  BODIES[contract.operationId]?.(ids) ?? (body === null ? undefined : sampleOf(body));

/** Routes that name rows in the body, beside those that do in the path. */
const NAMES_IN_BODY = new Set(["updateTasksInBulk", "deleteTasksInBulk"]);

export const namesRows = ({ contract: { path, operationId } }: Operation): boolean =>
  path.includes("{") || NAMES_IN_BODY.has(operationId);

/** Routes that take a file alone: a form with nothing in it is enough to be told no. */
const formOf = ({ contract }: Operation): FormData | undefined =>
  contract.multipart !== undefined && contract.body === undefined ? new FormData() : undefined;

export type Answer = { status: number; text: string };

/** The head of an answer, and of what it streams only the first piece: some streams have no end. */
export const ask = async (
  world: ApiWorld,
  operation: Operation,
  { ids, token }: { ids: OwnedIds; token: string | null },
): Promise<Answer> => {
  const json = bodyWith(operation, ids);
  const form = json === undefined ? formOf(operation) : undefined;
  const answer = await world.request(pathWith(operation, ids), {
    method: operation.contract.method.toUpperCase(),
    ...(token !== null && { token }),
    ...(json !== undefined && { json }),
    ...(form !== undefined && { body: form }),
  });
  if (answer.headers.get("content-type")?.startsWith("text/event-stream") !== true) {
    return { status: answer.status, text: await answer.text() };
  }
  const reader = answer.body?.getReader();
  const piece = await reader?.read();
  await reader?.cancel();
  return { status: answer.status, text: Buffer.from(piece?.value ?? []).toString() };
};
