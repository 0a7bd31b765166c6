import { createLogger, newId } from "@phonoscene/kernel";
import { useDatabase } from "@phonoscene/testing";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";

import { type Database, openDatabase } from "./client.ts";
import { type LeaseHolder, startLeaseHolder } from "./lease-holder.ts";
import { deleteOldLeases, holdLease, releaseLease } from "./leases.repo.ts";

const databaseOf = useDatabase();
const logger = createLogger({ name: "lease-test", level: "silent" });
let database: Database;
const holders: LeaseHolder[] = [];

const open = () =>
  openDatabase({
    url: databaseOf.url,
    poolSize: 3,
    onPoolError: (error) => logger.warn({ err: error }, "pool"),
  });

beforeAll(() => {
  database = open();
});
afterEach(async () => {
  for (const holder of holders.splice(0)) await holder.stop();
});
afterAll(() => database.close());

const start = (name: string, lengthMs: number, db = database.db): LeaseHolder => {
  const holder = startLeaseHolder({ db, name, logger, lengthMs });
  holders.push(holder);
  return holder;
};

it("a lease has one holder, who may prolong it; the others are told how long it lasts", async () => {
  const [first, second] = [newId(), newId()];
  const ask = (holder: string) => holdLease(database.db, { name: "one", holder, lengthMs: 60_000 });
  expect(await ask(first)).toMatchObject({ isHeld: true });
  const refused = await ask(second);
  expect(refused.isHeld).toBe(false);
  expect(refused.remainingMs).toBeGreaterThan(50_000);
  expect(await ask(first)).toMatchObject({ isHeld: true });
  await releaseLease(database.db, { name: "one", holder: second });
  expect(await ask(second)).toMatchObject({ isHeld: false });
  await releaseLease(database.db, { name: "one", holder: first });
  expect(await ask(second)).toMatchObject({ isHeld: true });
});

it("of 40 who ask at once for a lease that is over, one gets it", async () => {
  for (let round = 0; round < 5; round += 1) {
    const name = `race-${round}`;
    await holdLease(database.db, { name, holder: newId(), lengthMs: -1000 });
    const ask = () => holdLease(database.db, { name, holder: newId(), lengthMs: 60_000 });
    const answers = await Promise.all(Array.from({ length: 40 }, ask));
    expect(answers.filter(({ isHeld }) => isHeld)).toHaveLength(1);
  }
});

it("one of several holds it at a time, and after the holder's death the next within twice its length", async () => {
  const lengthMs = 900;
  const doomed = open();
  const first = start("doomed", lengthMs, doomed.db);
  await expect.poll(() => first.isHeld(), { interval: 10 }).toBe(true);
  const others = [start("doomed", lengthMs), start("doomed", lengthMs)];
  const isAnyHeld = () => others.some((holder) => holder.isHeld());
  // Its connections gone, it can neither prolong the lease nor give it back: as if it had died.
  await doomed.close();
  const diedAt = performance.now();
  await expect.poll(isAnyHeld, { interval: 5, timeout: 5 * lengthMs }).toBe(true);
  expect(performance.now() - diedAt).toBeLessThan(2 * lengthMs);
  expect(first.isHeld()).toBe(false);
  expect(others.filter((holder) => holder.isHeld())).toHaveLength(1);
});

it("a holder that stops gives the lease back at once", async () => {
  const first = start("given back", 60_000);
  await expect.poll(() => first.isHeld(), { interval: 10 }).toBe(true);
  await first.stop();
  expect(first.isHeld()).toBe(false);
  const second = start("given back", 60_000);
  await expect.poll(() => second.isHeld(), { interval: 10 }).toBe(true);
});

it("leases that ended long ago are removed, others stay", async () => {
  const hold = (name: string, lengthMs: number) => holdLease(database.db, { name, holder: newId(), lengthMs });
  await hold("long ago", -2 * 3_600_000);
  await hold("just over", -1000);
  expect(await deleteOldLeases(database.db)).toBe(1);
  const names = await database.db.lease.findMany({ select: { name: true } });
  expect(names.map(({ name }) => name)).toContain("just over");
  expect(names.map(({ name }) => name)).not.toContain("long ago");
});
