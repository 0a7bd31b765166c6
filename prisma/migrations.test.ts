import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, inject, it } from "vitest";

import { useTempDirs } from "../packages/testing/src/index.ts";
import { diffMigrations } from "../packages/testing/src/schema-engine.ts";

const schemaPath = fileURLToPath(new URL("schema.prisma", import.meta.url));
const migrationsDir = fileURLToPath(new URL("migrations", import.meta.url));

const newDir = useTempDirs();

describe("prisma/migrations", () => {
  it("lead to exactly what prisma/schema.prisma says; where not, `pnpm db:diff NAME` writes what is missing", async () => {
    const databaseUrl = inject("databaseServerUrl");
    expect(await diffMigrations({ databaseUrl, schemaPath, migrationsDir })).toBe("");
  });

  it("would be found to lag behind a schema with one more table", async () => {
    const aheadPath = join(await newDir(), "schema.prisma");
    await writeFile(aheadPath, `${await readFile(schemaPath, "utf8")}\nmodel Extra {\n  id Int @id\n}\n`);
    const databaseUrl = inject("databaseServerUrl");
    expect(await diffMigrations({ databaseUrl, schemaPath: aheadPath, migrationsDir })).toContain(
      'CREATE TABLE "Extra"',
    );
  });
});
