import { OutboundError } from "./outbound-error.ts";

export type Timeouts = {
  /** Looking the name up, connecting and TLS, together. */
  connectMs: number;
  /** From the connection to the head of the answer. */
  headersMs: number;
  /** Between two pieces of the body. */
  idleMs: number;
  /** All of it, redirects too. */
  totalMs: number;
};

export type Deadline = {
  /** Aborts with an OutboundError "timeout", or with the caller's own reason. */
  signal: AbortSignal;
  /** Ends the step before, and starts the clock of this one. */
  begin(step: "connect" | "headers" | "idle"): void;
  /** Stops the step's clock while nobody is waiting for the other side. */
  pause(): void;
  /** Stops every clock; once. */
  end(): void;
};

const SLOW = {
  connect: "did not take the connection in time",
  headers: "did not answer in time",
  idle: "stopped sending",
  total: "took too long altogether",
} as const;

/** The clocks of one request to `host`, over all its redirects. */
export const startDeadline = (
  timeouts: Timeouts,
  { host, caller }: { host: string; caller: AbortSignal },
): Deadline => {
  const controller = new AbortController();
  const timeOut = (step: keyof typeof SLOW): void =>
    controller.abort(new OutboundError("timeout", `${host} ${SLOW[step]}.`));
  const cancel = (): void => controller.abort(caller.reason);
  if (caller.aborted) cancel();
  caller.addEventListener("abort", cancel);
  const total = setTimeout(timeOut, timeouts.totalMs, "total");
  let current: NodeJS.Timeout | undefined;
  const pause = (): void => clearTimeout(current);
  return {
    signal: controller.signal,
    begin: (step) => {
      pause();
      current = setTimeout(timeOut, timeouts[`${step}Ms`], step);
    },
    pause,
    end: () => {
      pause();
      clearTimeout(total);
      caller.removeEventListener("abort", cancel);
    },
  };
};
