import { SECOND } from "@phonoscene/kernel";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";

import { type Prisma, PrismaClient } from "./generated/client.ts";
import { bindPool } from "./query.ts";

/** A client or an open transaction: what repositories take. Inside a transaction, only its own may be used. */
export type Db = Prisma.TransactionClient;

/** The process's database: one pool, closed by whoever opened it. */
export type Database = {
  db: PrismaClient;
  /** The same connections, for libraries that bring their own SQL. */
  pool: pg.Pool;
  /** @throws when no connection answers within five seconds. */
  ping(): Promise<void>;
  close(): Promise<void>;
};

export type DatabaseOptions = {
  url: string;
  poolSize?: number;
  onPoolError(error: Error): void;
};

/** Connects lazily. Sessions are UTC, which the adapter takes for granted: elsewhere times would shift, silently. */
export const openDatabase = ({ url, poolSize = 10, onPoolError }: DatabaseOptions): Database => {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 5 * SECOND,
    keepAlive: true,
    options: "-c TimeZone=UTC",
    application_name: "phonoscene",
  });
  pool.on("error", onPoolError);
  // The pool listens to idle connections only: one that breaks while it is lent out would end the process.
  pool.on("connect", (connection) => connection.on("error", onPoolError));
  const db = new PrismaClient({ adapter: new PrismaPg(pool) });
  bindPool(db, pool);
  return {
    db,
    pool,
    ping: async () => {
      await pool.query("SELECT 1");
    },
    close: async () => {
      await db.$disconnect();
      await pool.end();
    },
  };
};
