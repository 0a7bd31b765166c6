import pg from "pg";

import type { Db } from "./client.ts";
import type { Prisma } from "./generated/client.ts";

type Connections = Pick<pg.Pool, "query" | "connect">;

const pools = new WeakMap<Db, Connections>();

/** Tells whose connections a client uses, so that `query` can use them too. */
export const bindPool = (db: Db, pool: Connections): void => void pools.set(db, pool);

const MAX_PREPARED = 100;
const names = new Map<string, string>();

/** The name under which each connection keeps the plan of a statement; none past a number of them, since plans take memory. */
const nameOf = (text: string): string | undefined => {
  const known = names.get(text);
  if (known !== undefined || names.size >= MAX_PREPARED) return known;
  const name = `phonoscene_${names.size}`;
  names.set(text, name);
  return name;
};

/** A migration changed the type of a column that the kept plan returns. */
const isOutdatedPlan = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === "0A000" && error.message.startsWith("cached plan");

/**
 * `$queryRaw` for the statements that every request waits for: on a client it goes to the driver at once and is planned once
 * a connection; in a transaction it goes through the transaction. The check of a session took 1.14 ms through Prisma, 0.62 of
 * them of this process; 0.47 and 0.21 past it; 0.19 and 0.11 prepared. Dates, JSON and numbers arrive alike both ways; `bigint`
 * and `bytea` do not: leave them out, or cast them. For few texts: `LIMIT` belongs into the text, where the plan can see it.
 */
export const queryPrepared = async <Row extends object>(db: Db, sql: Prisma.Sql): Promise<Row[]> => {
  const pool = pools.get(db);
  if (pool === undefined) return db.$queryRaw<Row[]>(sql);
  const { text, values } = sql;
  const name = nameOf(text);
  if (name === undefined) return (await pool.query<Row>({ text, values })).rows;
  try {
    return (await pool.query<Row>({ name, text, values })).rows;
  } catch (error) {
    // Outside of a transaction nothing was done yet.
    if (!isOutdatedPlan(error)) throw error;
    return (await pool.query<Row>({ text, values })).rows;
  }
};

/** As `queryPrepared`, for statements of many shapes: planned each time. */
export const query = async <Row extends object>(db: Db, sql: Prisma.Sql): Promise<Row[]> => {
  const pool = pools.get(db);
  if (pool === undefined) return db.$queryRaw<Row[]>(sql);
  return (await pool.query<Row>({ text: sql.text, values: sql.values })).rows;
};

/**
 * A transaction on one connection, without what Prisma's own costs. Rolled back where `work` throws; a connection that does not even do that is thrown away.
 * @throws where `db` is a transaction already.
 */
export const inTransaction = async <Result>(
  db: Db,
  work: (send: <Row extends object>(sql: Prisma.Sql) => Promise<Row[]>) => Promise<Result>,
): Promise<Result> => {
  const pool = pools.get(db);
  if (pool === undefined) throw new Error("a transaction needs the client, not a transaction");
  const connection = await pool.connect();
  let failure: Error | undefined;
  try {
    await connection.query("BEGIN");
    const result = await work(async <Row extends object>({ text, values }: Prisma.Sql) => {
      const name = nameOf(text);
      return (await connection.query<Row>({ ...(name !== undefined && { name }), text, values })).rows;
    });
    await connection.query("COMMIT");
    return result;
  } catch (error) {
    await connection.query("ROLLBACK").catch((cause: unknown) => {
      failure = new Error("the transaction could not be rolled back", { cause });
    });
    throw error;
  } finally {
    connection.release(failure);
  }
};
