import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";

import { type Asked, checkConformance } from "./test-conformance.ts";

export type ConformanceWatch = {
  /**
   * Holds an answer against the document; resolves to the answer to go on with.
   * @throws Error naming route, status and place of what is not as documented.
   */
  watch(asked: Asked, response: Response): Promise<Response>;
  /**
   * Writes down which routes have answered with which status, and how often.
   * @throws Error the first fault in an event stream, for its reader may have taken it for a break.
   */
  end(): Promise<void>;
};

/** What it has seen goes to a file of its own in `answersDir`, `{"GET /v1/me 200": 7}`. */
export const watchConformance = (answersDir: string): ConformanceWatch => {
  const faults: unknown[] = [];
  const counts = new Map<string, number>();
  return {
    watch: async (asked, answer) => {
      const { response, seen } = await checkConformance(asked, answer, (fault) => faults.push(fault));
      if (seen !== null) counts.set(seen, (counts.get(seen) ?? 0) + 1);
      return response;
    },
    end: async () => {
      await writeFile(path.join(answersDir, `${randomUUID()}.json`), JSON.stringify(Object.fromEntries(counts)));
      if (faults.length > 0) throw faults[0];
    },
  };
};
