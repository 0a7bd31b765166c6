import { pause, SECOND } from "@phonoscene/kernel";

/** One server-sent event, as the wire has it. JSON has no line ends of its own, so `data` is one line. */
export const toEvent = ({ event, id, data }: { event: string; id?: string; data: object }): string =>
  `event: ${event}\n${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;

export type Poll = () => Promise<{ events: string[]; isOver: boolean }>;

export type LiveOptions = {
  poll: Poll;
  /** Aborts when the client hangs up or the process stops. */
  signal: AbortSignal;
  /** False once the caller may not listen any more; asked as often as a comment is sent. */
  isAllowed(): Promise<boolean>;
  pollMs?: number;
  heartbeatMs?: number;
};

/**
 * Asks the database again and again and yields what is new, until `poll` says that it is over.
 * Rejected: LISTEN/NOTIFY. Whatever is told while its connection is down is lost, so the poll would be needed all the same.
 */
export async function* live(options: LiveOptions): AsyncGenerator<string> {
  const { poll, signal, isAllowed, pollMs = SECOND, heartbeatMs = 15 * SECOND } = options;
  let beatAt = performance.now();
  yield "retry: 2000\n\n";
  while (!signal.aborted) {
    const { events, isOver } = await poll();
    yield* events;
    if (isOver) {
      yield toEvent({ event: "end", data: {} });
      return;
    }
    await pause(pollMs, signal);
    if (signal.aborted || performance.now() - beatAt < heartbeatMs) continue;
    if (!(await isAllowed())) return;
    yield ": still here\n\n";
    beatAt = performance.now();
  }
}
