import "./provided.ts";
import { randomBytes } from "node:crypto";

import pg from "pg";
import { afterAll, beforeAll, beforeEach, inject } from "vitest";

const onServer = async (statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: inject("databaseServerUrl") });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

/**
 * A migrated, empty PostgreSQL database (application and queue) for the file or the `describe` that calls this. It is
 * dropped at the end, with whatever connections are left to it, unless a test failed: then its name is printed, and
 * it stays for as long as its server does (for ever where TEST_DATABASE_URL names one).
 */
export const useDatabase = (): { readonly url: string } => {
  const name = `test_${randomBytes(8).toString("hex")}`;
  let url: string | null = null;
  let failed = false;
  beforeAll(async () => {
    await onServer(`CREATE DATABASE ${name} TEMPLATE ${inject("templateDatabase")}`);
    url = Object.assign(new URL(inject("databaseServerUrl")), { pathname: `/${name}` }).href;
  });
  beforeEach(({ onTestFailed }) => {
    onTestFailed(() => {
      failed = true;
    });
  });
  afterAll(async () => {
    if (failed) process.stderr.write(`The database ${name} is kept because a test failed.\n`);
    else if (url !== null) await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
  });
  return {
    get url() {
      if (url === null) throw new Error("The database is made before the first test: read `url` in a hook or a test.");
      return url;
    },
  };
};
