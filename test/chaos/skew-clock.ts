/*
 * Loaded before a program of the service (`node --import`), moves its wall clock by CHAOS_CLOCK_SKEW_MS milliseconds. Timers and
 * `performance` go on: a monotonic clock does not jump on a machine whose time is wrong either. Nothing of this is shipped.
 * Rejected: libfaketime, which moves the clock below Node, and which most machines lack.
 */
const skewMs = Number(process.env["CHAOS_CLOCK_SKEW_MS"] ?? 0);

if (skewMs !== 0) {
  const right = Date;
  const now = (): number => right.now() + skewMs;
  globalThis.Date = new Proxy(right, {
    construct: (date, args, newTarget: NewableFunction) =>
      Reflect.construct(date, args.length === 0 ? [now()] : args, newTarget) as Date,
    apply: () => new right(now()).toString(),
    get: (date, key) => (key === "now" ? now : (Reflect.get(date, key) as unknown)),
  });
}
