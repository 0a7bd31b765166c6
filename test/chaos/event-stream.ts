import { setTimeout as delay } from "node:timers/promises";

import type { ApiClient } from "./api-client.ts";

export type StreamEvent = { id: string | null; event: string; data: string };

const parse = (block: string): StreamEvent | null => {
  const field = (name: string): string | null => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1] ?? null;
  const event = field("event");
  return event === null ? null : { event, id: field("id"), data: field("data") ?? "" };
};

/** Reads the stream until it ends or breaks. */
const readOnce = async (answer: Response, onEvent: (event: StreamEvent) => void): Promise<void> => {
  let text = "";
  const decoder = new TextDecoder();
  for await (const piece of answer.body ?? []) {
    text += decoder.decode(piece as Uint8Array, { stream: true });
    for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
      const event = parse(text.slice(0, end));
      if (event !== null) onEvent(event);
      text = text.slice(end + 2);
    }
  }
};

export type Followed = { events: StreamEvent[]; connections: number };

/** Follows a task as a browser does: reconnects with the last event's id, until the stream says that it is over. */
export const followTask = async (api: ApiClient, id: string, signal: AbortSignal): Promise<Followed> => {
  const events: StreamEvent[] = [];
  let connections = 0;
  while (!signal.aborted && events.at(-1)?.event !== "end") {
    connections += 1;
    const last = events.findLast((event) => event.id !== null)?.id ?? null;
    const headers = { accept: "text/event-stream", ...(last !== null && { "last-event-id": last }) };
    await api
      .send(`/v1/tasks/${id}/events`, { headers, signal })
      .then((answer) => readOnce(answer, (event) => void events.push(event)))
      // A stream that breaks is read on from where it broke: that is what is tested.
      .catch(() => undefined);
    await delay(50);
  }
  return { events, connections };
};
