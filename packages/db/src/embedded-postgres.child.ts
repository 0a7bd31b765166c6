// Runs an embedded PostgreSQL in the directory of its first argument and tells its parent about it. Ends when told so;
// on an interrupt it first shows that the database is still there for its last writes.
import pg from "pg";

import { startEmbeddedPostgres } from "./embedded-postgres.ts";

const [, , dataDir = "", kind = ""] = process.argv;
const postgres = await startEmbeddedPostgres({ dataDir, ephemeral: kind === "ephemeral" });

const lastWrite = async (): Promise<string> => {
  const client = new pg.Client({ connectionString: postgres.url("postgres") });
  await client.connect();
  await client.query("CREATE TABLE drained (id int)");
  await client.end();
  return "drained";
};

process.on("message", () => process.exit(0));
process.on("SIGINT", () => {
  lastWrite().then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.(String(error)),
  );
});
process.send?.({ url: postgres.url("postgres"), adopted: postgres.adopted });
