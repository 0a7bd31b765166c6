import { z } from "zod";

import { silentWav } from "../../packages/testing/src/recordings.ts";

/** The API as a caller sees it. Whatever it answers 202 to is written down: the invariants ask for it. */
export type ApiClient = {
  /** Sends a request with the caller's key. @throws TypeError where no answer came. */
  send(path: string, init?: RequestInit): Promise<Response>;
  /** Resolves to the status, and the id where that is 202. @throws TypeError where no answer came. */
  createText(fields?: TextFields): Promise<Created>;
  /** As `createText`, of the sample recording that is sent along. */
  createAudio(): Promise<Created>;
  /** @throws Error unless all were accepted. */
  createTexts(count: number): Promise<string[]>;
  /** Ids of all tasks that were acknowledged, and not deleted since. */
  acknowledged: Set<string>;
};

export type TextFields = { text?: string; name?: string };
export type Created = { status: number; id: string | null };

/** Where the API is, at the moment of the call: it moves when its process is replaced. */
export type Place = { url(): string; key: string };

export const TEXT =
  "The old keeper climbed the tower and lit the lamp. A red boat fought the waves below. At dawn the sea was quiet.";

const Task = z.object({ id: z.uuid() });
const Results = z.object({ results: z.array(z.object({ id: z.uuid() })) });

/** A second of silence: the vendor is not real and hears what it likes. */
const recording = (): Blob => new Blob([silentWav(1)], { type: "audio/wav" });

export const RECORDING = recording();

export const createApiClient = ({ url, key }: Place): ApiClient => {
  const acknowledged = new Set<string>();
  const send = (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${key}`);
    if (typeof init.body === "string") headers.set("content-type", "application/json");
    return fetch(`${url()}${path}`, { ...init, headers });
  };
  const create = async (body: string | FormData): Promise<Created> => {
    const answer = await send("/v1/tasks", { method: "POST", body });
    const text = await answer.text();
    if (answer.status !== 202) return { status: answer.status, id: null };
    const { id } = Task.parse(JSON.parse(text));
    acknowledged.add(id);
    return { status: 202, id };
  };
  return {
    send,
    acknowledged,
    createText: ({ text = TEXT, name } = {}) =>
      create(JSON.stringify({ text, language: "en", count: 3, ...(name !== undefined && { name }) })),
    createAudio: () => {
      const form = new FormData();
      form.set("language", "en");
      form.set("audio", RECORDING, "silence.wav");
      return create(form);
    },
    createTexts: async (count) => {
      const items = Array.from({ length: count }, () => ({ text: TEXT, language: "en", count: 3 }));
      const answer = await send("/v1/tasks/bulk", { method: "POST", body: JSON.stringify({ items }) });
      if (!answer.ok) throw new Error(`The bulk call answered ${answer.status}: ${await answer.text()}`);
      const ids = Results.parse(await answer.json()).results.map(({ id }) => id);
      for (const id of ids) acknowledged.add(id);
      return ids;
    },
  };
};
