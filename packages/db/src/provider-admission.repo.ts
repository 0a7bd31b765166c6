/*
 * Who may call a provider now, for all processes alike and by the database's clock.
 *
 *   closed ──`failuresToOpen` failures in a row──▶ open ──`open_until` is past──▶ half-open (one call probes)
 *     ▲                                              ▲                                 │
 *     └───────────────the probe is answered──────────┼─────────────────────────────────┤
 *                                                    └──────────the probe fails────────┘  (twice as long, up to a bound)
 *
 * Every admission and every end locks the provider's row, so they happen one after another: one failure opens the
 * breaker, one call probes, and there are never more slots than allowed. A slot is a lease, and so is a probe: those of a
 * process that died end by themselves. Locks are always taken in the order provider, spend of all, spend of the user.
 * Rejected: counters in Redis, since half of the installations have none, and its clock is another one.
 */
import type { Db } from "./client.ts";
import type { PrismaClient } from "./generated/client.ts";
import {
  type CallEnd,
  endReservation,
  LEDGER_TRANSACTION,
  type Reservation,
  reserveCall,
  type SpendCaps,
} from "./provider-calls.repo.ts";

/** Null: no limit. */
export type ProviderLimits = { maxConcurrent: number | null; requestsPerMinute: number | null };

export type BreakerPolicy = {
  failuresToOpen: number;
  /** Doubles with each opening in a row, up to `maxOpenMs`. */
  openMs: number;
  maxOpenMs: number;
};

export type AdmissionAsk = {
  /** Of the call; becomes the id of its slot. */
  id: string;
  provider: string;
  limits: ProviderLimits;
  takesSlot: boolean;
  /** How long the slot lasts unless it is prolonged. */
  slotMs: number;
  /** Null where nothing is charged. */
  reservation: Reservation | null;
  caps: SpendCaps;
};

export type Admission =
  | { outcome: "admitted" }
  /** The provider is given a rest. */
  | { outcome: "open"; retryInMs: number }
  /** As many calls are under way as may be. */
  | { outcome: "full" }
  /** The minute's requests are used up. */
  | { outcome: "limited"; retryInMs: number }
  | { outcome: "over-cap"; cap: "user" | "total"; resetsAt: Date };

type Standing = {
  openInMs: number | null;
  probeInMs: number | null;
  held: number;
  /** That may be made at once; null before the first. */
  requests: number | null;
};

/** So much of a minute's requests may come at once. */
const BURST_SHARE = 1 / 6;

const burstOf = ({ requestsPerMinute }: ProviderLimits): number => Math.max(1, (requestsPerMinute ?? 0) * BURST_SHARE);

const readStanding = async (tx: Db, { provider, limits }: AdmissionAsk): Promise<Standing> => {
  // Locks the row, and makes it the first time.
  await tx.$executeRaw`
    INSERT INTO provider_states AS p (provider) VALUES (${provider})
    ON CONFLICT (provider) DO UPDATE SET failures = p.failures`;
  const perMinute = limits.requestsPerMinute ?? 0;
  // A statement of its own: it sees what the last holder of the lock has written.
  const [standing] = await tx.$queryRaw<Standing[]>`
    SELECT (extract(epoch FROM open_until - clock_timestamp()) * 1000)::float8 AS "openInMs",
      (extract(epoch FROM probe_until - clock_timestamp()) * 1000)::float8 AS "probeInMs",
      (SELECT count(*)::int FROM provider_slots s WHERE s.provider = p.provider AND until > clock_timestamp()) AS held,
      least(${burstOf(limits)}::float8,
        requests + extract(epoch FROM clock_timestamp() - refilled_at) * ${perMinute}::float8 / 60)::float8 AS requests
    FROM provider_states p WHERE provider = ${provider}`;
  if (standing === undefined) throw new Error(`the state of ${provider} is gone`);
  return standing;
};

const PROBE_LOOK_MS = 1000;
const MINUTE_MS = 60_000;

/** Why the call has to wait, or null. */
const refusalOf = (ask: AdmissionAsk, standing: Standing): Admission | null => {
  const { maxConcurrent, requestsPerMinute } = ask.limits;
  const { openInMs, probeInMs, held, requests } = standing;
  if (openInMs !== null && openInMs > 0) return { outcome: "open", retryInMs: Math.ceil(openInMs) };
  if (openInMs !== null && (probeInMs ?? 0) > 0) return { outcome: "open", retryInMs: PROBE_LOOK_MS };
  if (ask.takesSlot && maxConcurrent !== null && held >= maxConcurrent) return { outcome: "full" };
  if (requestsPerMinute === null || requests === null || requests >= 1) return null;
  return { outcome: "limited", retryInMs: Math.ceil(((1 - requests) * MINUTE_MS) / requestsPerMinute) };
};

const enter = async (tx: Db, ask: AdmissionAsk, { openInMs, requests }: Standing): Promise<void> => {
  const { id, provider, slotMs, takesSlot, limits } = ask;
  const left = limits.requestsPerMinute === null ? null : (requests ?? burstOf(limits)) - 1;
  const probeId = openInMs === null ? null : id;
  await tx.$executeRaw`
    WITH slot AS (
      INSERT INTO provider_slots (id, provider, until)
      SELECT ${id}::uuid, ${provider}, clock_timestamp() + ${slotMs} * interval '1 ms' WHERE ${takesSlot}
    )
    UPDATE provider_states SET requests = ${left}::float8, refilled_at = clock_timestamp(), probe_id = ${probeId}::uuid,
      probe_until = CASE WHEN ${probeId}::uuid IS NOT NULL THEN clock_timestamp() + ${slotMs} * interval '1 ms' END
    WHERE provider = ${provider}`;
};

/** Lets a call through, with its slot, its request of the minute and its reservation, or says why not: all or nothing. */
export const admitProviderCall = (db: PrismaClient, ask: AdmissionAsk): Promise<Admission> =>
  db.$transaction(async (tx) => {
    const standing = await readStanding(tx, ask);
    const refusal = refusalOf(ask, standing);
    if (refusal !== null) return refusal;
    if (ask.reservation !== null) {
      const { id, provider, reservation, caps } = ask;
      const over = await reserveCall(tx, { id, provider, ...reservation }, caps);
      if (over !== null) return { outcome: "over-cap", ...over };
    }
    await enter(tx, ask, standing);
    return { outcome: "admitted" };
  }, LEDGER_TRANSACTION);

/** Keeps the slot, and the probe if it is one, for a call that is still under way. */
export const prolongProviderCall = async (
  db: Db,
  { id, provider, slotMs }: Pick<AdmissionAsk, "id" | "provider" | "slotMs">,
): Promise<void> => {
  await db.$executeRaw`
    WITH slot AS (
      UPDATE provider_slots SET until = clock_timestamp() + ${slotMs} * interval '1 ms' WHERE id = ${id}::uuid
    )
    UPDATE provider_states SET probe_until = clock_timestamp() + ${slotMs} * interval '1 ms'
    WHERE provider = ${provider} AND probe_id = ${id}::uuid`;
};

/** `failed`: the provider could not answer. `given-up`: the caller went away, which says nothing of the provider. */
export type CallHealth = "answered" | "failed" | "given-up";

export type EndedCall = { id: string; provider: string; health: CallHealth; breaker: BreakerPolicy };

/** Gives the slot back and tells the breaker. True: this very end has opened it. Inside a transaction. */
const leaveProvider = async (tx: Db, { id, provider, health, breaker }: EndedCall): Promise<boolean> => {
  if (health === "answered") {
    // While it is open only the probe's answer counts: others were sent before it opened.
    await tx.$executeRaw`
      UPDATE provider_states SET failures = 0, openings = 0, open_until = NULL, probe_id = NULL, probe_until = NULL
      WHERE provider = ${provider} AND failures > 0 AND (open_until IS NULL OR probe_id = ${id}::uuid)`;
  }
  if (health === "given-up") {
    await tx.$executeRaw`
      UPDATE provider_states SET probe_id = NULL, probe_until = NULL
      WHERE provider = ${provider} AND probe_id = ${id}::uuid`;
  }
  const hasOpened = health === "failed" && (await countFailure(tx, { id, provider, breaker }));
  await tx.$executeRaw`DELETE FROM provider_slots WHERE id = ${id}::uuid`;
  return hasOpened;
};

const countFailure = async (tx: Db, { id, provider, breaker }: Omit<EndedCall, "health">): Promise<boolean> => {
  const { failuresToOpen, openMs, maxOpenMs } = breaker;
  const opened = await tx.$queryRaw<{ hasOpened: boolean }[]>`
    WITH counted AS (
      SELECT provider, (failures + 1 >= ${failuresToOpen} OR open_until IS NOT NULL) AS opens,
        least(${maxOpenMs}::float8, ${openMs}::float8 * 2 ^ least(openings, 20)) * interval '1 ms' AS rest
      FROM provider_states
      WHERE provider = ${provider} AND (open_until IS NULL OR probe_id = ${id}::uuid) FOR UPDATE
    )
    UPDATE provider_states p SET failures = failures + 1, probe_id = NULL, probe_until = NULL,
      openings = openings + CASE WHEN opens THEN 1 ELSE 0 END,
      open_until = CASE WHEN opens THEN clock_timestamp() + rest END
    FROM counted WHERE p.provider = counted.provider RETURNING opens AS "hasOpened"`;
  return opened.some(({ hasOpened }) => hasOpened);
};

/** Gives the slot back, tells the breaker, and writes down how the call ended. True: the breaker opened with it. */
export const endProviderCall = (db: PrismaClient, call: EndedCall, end: CallEnd | null): Promise<boolean> =>
  db.$transaction(async (tx) => {
    const hasOpened = await leaveProvider(tx, call);
    if (end !== null) await endReservation(tx, call.id, end);
    return hasOpened;
  }, LEDGER_TRANSACTION);

/** Slots, days of spending, and calls of more than a year ago, that nobody asks about any more. */
export const deleteOldProviderState = async (db: Db): Promise<void> => {
  await db.$executeRaw`DELETE FROM provider_slots WHERE until < clock_timestamp() - interval '1 hour'`;
  await db.$executeRaw`DELETE FROM provider_spend WHERE day < current_date - 35`;
  await db.$executeRaw`
    DELETE FROM provider_calls WHERE state <> 'reserved' AND started_at < now() - interval '400 days'`;
};
