import { useDatabase } from "@phonoscene/testing";
import pg from "pg";
import { expect, it } from "vitest";

import { createThrowAwayDatabase } from "./throw-away-database.ts";

const databaseOf = useDatabase();

const query = async (url: string, text: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};

it("a throw-away database is empty, its own, and gone once dropped, whoever is still connected", async () => {
  const made = await createThrowAwayDatabase(databaseOf.url);
  const tables = "SELECT FROM information_schema.tables WHERE table_schema = 'public'";
  expect(await query(made.url, tables)).toEqual([]);
  const lingering = new pg.Client({ connectionString: made.url });
  const cutOff = new Promise((resolve) => {
    lingering.on("error", resolve);
  });
  await lingering.connect();
  await made.drop();
  await cutOff;
  await expect(query(made.url, "SELECT 1")).rejects.toMatchObject({ code: "3D000" });
});

it("a user who may not make databases is told what to do", async () => {
  await query(databaseOf.url, "CREATE ROLE modest LOGIN PASSWORD 'modest'");
  const url = Object.assign(new URL(databaseOf.url), { username: "modest", password: "modest" });
  await expect(createThrowAwayDatabase(url.href)).rejects.toMatchObject({
    code: "database/unavailable",
    message: expect.stringMatching(/modest .* CREATEDB/),
  });
});

it("a server that is not there is named without its password", async () => {
  const failed = createThrowAwayDatabase("postgresql://u:secret@127.0.0.1:1/x");
  await expect(failed).rejects.toThrow(/127\.0\.0\.1:1 does not answer/);
  await expect(failed).rejects.not.toThrow("secret");
});
