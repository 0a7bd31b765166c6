import { Agent, request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

import { SECOND } from "../../packages/kernel/src/index.ts";
import { TEXT } from "./api-client.ts";

/** A connection that ended before its answer was there. */
export type Reset = { atMs: number; isReused: boolean; name: string; message: string };

export type Callers = {
  answered(): number;
  resets: Reset[];
  /** Answers that were neither 200 nor 202. */
  refusals: Set<number>;
  /** Of the tasks that were accepted. */
  ids: string[];
  stop(): Promise<void>;
};

export type CallersOptions = { port: number; key: string; connections: number };

/** One in so many creates; the others read. */
const CREATORS = 20;

/** Callers on connections that are kept alive, each of which sends its next request right after the answer. */
export const startCallers = ({ port, key, connections }: CallersOptions): Callers => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const resets: Reset[] = [];
  const refusals = new Set<number>();
  const ids: string[] = [];
  let answered = 0;
  const stopped = new AbortController();

  const call = (name: string, isCreator: boolean): Promise<void> =>
    new Promise((resolve) => {
      const headers = { authorization: `Bearer ${key}`, ...(isCreator && { "content-type": "application/json" }) };
      const path = isCreator ? "/v1/tasks" : "/v1/tasks?limit=1";
      const sent = request({ port, host: "127.0.0.1", agent, path, method: isCreator ? "POST" : "GET", headers });
      sent.on("error", (error) => {
        resets.push({ atMs: performance.now(), isReused: sent.reusedSocket, name, message: error.message });
        resolve();
      });
      sent.on("response", (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (text: string) => (body += text));
        response.on("error", (error) => {
          resets.push({ atMs: performance.now(), isReused: false, name, message: error.message });
          resolve();
        });
        response.on("end", () => {
          answered += 1;
          if (response.statusCode === 202) ids.push((JSON.parse(body) as { id: string }).id);
          else if (response.statusCode !== 200) refusals.add(response.statusCode ?? 0);
          resolve();
        });
      });
      sent.end(isCreator ? JSON.stringify({ text: TEXT, language: "en", count: 1, name }) : undefined);
    });

  const loop = async (caller: number): Promise<void> => {
    for (let turn = 0; !stopped.signal.aborted; turn += 1) {
      await call(`call ${port} ${caller} ${turn} ${Math.random()}`, caller % CREATORS === 0);
      await delay(caller % CREATORS === 0 ? SECOND / 4 : 20);
    }
  };

  const running = Promise.all(Array.from({ length: connections }, (_, caller) => loop(caller)));
  return {
    answered: () => answered,
    resets,
    refusals,
    ids,
    stop: async () => {
      stopped.abort();
      await running;
      agent.destroy();
    },
  };
};
