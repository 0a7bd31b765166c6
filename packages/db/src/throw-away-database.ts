import { randomBytes } from "node:crypto";

import { AppError } from "@phonoscene/kernel";
import pg from "pg";

export type ThrowAwayDatabase = { url: string; drop(): Promise<void> };

const run = async (url: string, statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

/**
 * Makes an empty database of its own on the server that `serverUrl` names, so that nothing else there is touched.
 * @throws AppError "database/unavailable" when the server does not answer or its user may not make databases.
 */
export const createThrowAwayDatabase = async (serverUrl: string): Promise<ThrowAwayDatabase> => {
  const name = `phonoscene_demo_${randomBytes(6).toString("hex")}`;
  const url = new URL(serverUrl);
  const { host, username } = url;
  try {
    await run(serverUrl, `CREATE DATABASE ${name}`);
  } catch (cause) {
    const isForbidden = cause instanceof pg.DatabaseError && cause.code === "42501";
    const detail = isForbidden
      ? `The user ${username} may not make a database on ${host}. Grant it CREATEDB, or unset DATABASE_URL.`
      : `The database at ${host} does not answer. Check that it runs and that DATABASE_URL is right, or unset it.`;
    throw new AppError("database/unavailable", { detail }, { cause });
  }
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
};
