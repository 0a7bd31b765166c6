import { createLogger, newId } from "@phonoscene/kernel";
import { useDatabase } from "@phonoscene/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Database, openDatabase } from "./client.ts";
import {
  type AdmissionAsk,
  admitProviderCall,
  type CallHealth,
  endProviderCall,
  prolongProviderCall,
} from "./provider-admission.repo.ts";

const databaseOf = useDatabase();
const logger = createLogger({ name: "admission-test", level: "silent" });
const BREAKER = { failuresToOpen: 3, openMs: 60_000, maxOpenMs: 200_000 };
/** Two pools: what two processes have in common is the database. */
let databases: Database[];

beforeAll(() => {
  const onPoolError = (error: Error): void => logger.warn({ err: error }, "pool");
  databases = [1, 2].map(() => openDatabase({ url: databaseOf.url, poolSize: 5, onPoolError }));
});
afterAll(() => Promise.all(databases.map((database) => database.close())));

const dbOf = (index: number): Database["db"] => {
  const database = databases[index % databases.length];
  if (database === undefined) throw new Error("there are two");
  return database.db;
};

const askFor = (provider: string, ask: Partial<AdmissionAsk> = {}): AdmissionAsk => ({
  id: newId(),
  provider,
  limits: { maxConcurrent: null, requestsPerMinute: null },
  takesSlot: true,
  slotMs: 60_000,
  reservation: null,
  caps: { userMicroUsd: null, totalMicroUsd: null },
  ...ask,
});

const admitMany = (count: number, provider: string, ask: Partial<AdmissionAsk> = {}) =>
  Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const { id, ...rest } = askFor(provider, ask);
      return { id, ...(await admitProviderCall(dbOf(index), { id, ...rest })) };
    }),
  );

const end = (provider: string, id: string, health: CallHealth, index = 0): Promise<boolean> =>
  endProviderCall(dbOf(index), { id, provider, health, breaker: BREAKER }, null);

const outcomes = async (admitted: ReturnType<typeof admitMany>): Promise<string[]> =>
  (await admitted).map(({ outcome }) => outcome).sort();

describe("slots", () => {
  it("are never more than allowed, however many ask at once, and are free again when given back", async () => {
    const limits = { maxConcurrent: 3, requestsPerMinute: null };
    const asked = await admitMany(30, "slots", { limits });
    const inside = asked.filter(({ outcome }) => outcome === "admitted");
    expect(inside).toHaveLength(3);
    expect(await outcomes(admitMany(1, "slots", { limits }))).toEqual(["full"]);
    expect(await outcomes(admitMany(1, "slots", { limits, takesSlot: false }))).toEqual(["admitted"]);
    await end("slots", inside[0]?.id ?? "", "answered");
    expect(await outcomes(admitMany(2, "slots", { limits }))).toEqual(["admitted", "full"]);
  });

  it("of a process that died end by themselves; one that is prolonged does not", async () => {
    const limits = { maxConcurrent: 2, requestsPerMinute: null };
    const [first, second] = await admitMany(2, "leases", { limits, slotMs: 300 });
    await prolongProviderCall(dbOf(0), { id: second?.id ?? "", provider: "leases", slotMs: 60_000 });
    expect(first?.outcome).toBe("admitted");
    const ask = () => admitProviderCall(dbOf(0), askFor("leases", { limits }));
    await expect.poll(async () => (await ask()).outcome, { interval: 50 }).toBe("admitted");
    expect(await ask()).toEqual({ outcome: "full" });
  });
});

it("requests of a minute: a sixth of them at once, and then one as each is due", async () => {
  const limits = { maxConcurrent: null, requestsPerMinute: 12 };
  const asked = await admitMany(40, "budget", { limits });
  expect(asked.filter(({ outcome }) => outcome === "admitted")).toHaveLength(2);
  const waits = asked.flatMap((answer) => (answer.outcome === "limited" ? [answer.retryInMs] : []));
  expect(Math.max(...waits)).toBeLessThanOrEqual(5000);
  const ask = () => outcomes(admitMany(1, "budget", { limits }));
  await expect.poll(ask, { interval: 100, timeout: 10_000 }).toEqual(["admitted"]);
});

describe("the breaker", () => {
  const endPast = (provider: string) =>
    dbOf(0).providerState.update({ where: { provider }, data: { openUntil: new Date(0) } });

  it("opens once, for all processes, and lets one call probe when its rest is over", async () => {
    const calls = await admitMany(10, "down");
    const opened = await Promise.all(calls.map(({ id }, index) => end("down", id, "failed", index)));
    expect(opened.filter(Boolean)).toHaveLength(1);
    const refused = await admitMany(20, "down");
    expect(new Set(refused.map(({ outcome }) => outcome))).toEqual(new Set(["open"]));
    await endPast("down");
    expect(await outcomes(admitMany(20, "down"))).toEqual(["admitted", ...Array<string>(19).fill("open")]);
  });

  it("rests twice as long after each probe that fails, up to a bound, and closes with one that is answered", async () => {
    for (const { id } of await admitMany(3, "probed")) await end("probed", id, "failed");
    for (const restMs of [120_000, 200_000, 200_000]) {
      await endPast("probed");
      const [probe] = await admitMany(1, "probed");
      expect(await end("probed", probe?.id ?? "", "failed")).toBe(true);
      const [refused] = await admitMany(1, "probed");
      if (refused?.outcome !== "open") throw new Error("it is open");
      expect(refused.retryInMs).toBeGreaterThan(restMs - 5000);
      expect(refused.retryInMs).toBeLessThanOrEqual(restMs);
    }
    await endPast("probed");
    const [last] = await admitMany(1, "probed");
    await end("probed", last?.id ?? "", "answered");
    expect(await outcomes(admitMany(2, "probed"))).toEqual(["admitted", "admitted"]);
  });

  it("is not closed by the answer to a call that was sent before it opened", async () => {
    const [early, ...failing] = await admitMany(4, "late");
    for (const { id } of failing) await end("late", id, "failed");
    await end("late", early?.id ?? "", "answered");
    expect(await outcomes(admitMany(1, "late"))).toEqual(["open"]);
  });

  it("counts failures in a row only, and lets another probe where the first went away", async () => {
    for (const health of ["failed", "failed", "answered", "failed", "failed"] as const) {
      const [call] = await admitMany(1, "mixed");
      expect(await end("mixed", call?.id ?? "", health)).toBe(false);
    }
    const [third] = await admitMany(1, "mixed");
    expect(await end("mixed", third?.id ?? "", "failed")).toBe(true);
    await endPast("mixed");
    const [probe] = await admitMany(1, "mixed");
    await end("mixed", probe?.id ?? "", "given-up");
    expect(await outcomes(admitMany(2, "mixed"))).toEqual(["admitted", "open"]);
  });
});
