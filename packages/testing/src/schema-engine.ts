import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import type { DiffParams, MigrationList, SchemaEngine } from "@prisma/schema-engine-wasm";

import { type Connection, connectAdapter, createShadowDatabase } from "./schema-engine-adapter.ts";

/** What the package's glue module offers, beside its classes, to whoever loads the WebAssembly by hand. */
type Glue = { SchemaEngine: typeof SchemaEngine; __wbg_set_wasm: (exports: unknown) => void };
type WasmExports = { __wbindgen_start: () => void };

/** Node 20 cannot import WebAssembly, so the glue is given its instance here; types of `WebAssembly` need the DOM. */
type Wasm = {
  instantiate: (bytes: Uint8Array, imports: Record<string, unknown>) => Promise<{ instance: { exports: WasmExports } }>;
};

type Engine = {
  create: (schema: [path: string, content: string], adapters: object) => Promise<SchemaEngine>;
  /** Rejects when the engine panics, which leaves its own promises pending for ever. */
  panic: Promise<never>;
};

const loadEngine = async (): Promise<Engine> => {
  const entry = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm");
  const bytes = await readFile(join(dirname(entry), "schema_engine_bg.wasm"));
  // The package types this module as its exports only, without the hook that every wasm-bindgen module has.
  const glue = (await import("@prisma/schema-engine-wasm/schema_engine_bg")) as unknown as Glue;
  const scope = globalThis as unknown as { WebAssembly: Wasm; PRISMA_WASM_PANIC_REGISTRY?: object };
  // The engine reports a panic through this global, and panics again where it is missing.
  const panic = new Promise<never>((_resolve, reject) => {
    const set_message = (message: string) => reject(new Error(`Prisma's schema engine failed: ${message}`));
    scope.PRISMA_WASM_PANIC_REGISTRY = { set_message };
  });
  const { instance } = await scope.WebAssembly.instantiate(bytes, { "./schema_engine_bg.js": glue });
  // oxlint-disable-next-line no-underscore-dangle -- wasm-bindgen names it
  glue.__wbg_set_wasm(instance.exports);
  // oxlint-disable-next-line no-underscore-dangle -- wasm-bindgen names it
  instance.exports.__wbindgen_start();
  const create: Engine["create"] = (schema, adapters) =>
    glue.SchemaEngine.new({ datamodels: [schema] }, () => undefined, adapters);
  return { create, panic };
};

/** The glue module keeps the one instance that it works with, so a process must not load a second one. */
let loaded: Promise<Engine> | undefined;

/** The migrations of a folder, in the engine's form and in the order in which they apply. */
const listMigrations = async (migrationsDir: string): Promise<MigrationList> => {
  const entries = await readdir(migrationsDir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const migrationDirectories = await Promise.all(
    names.sort().map(async (name) => {
      const value = await readFile(join(migrationsDir, name, "migration.sql"), "utf8");
      return { path: name, migrationFile: { path: "migration.sql", content: { tag: "ok" as const, value } } };
    }),
  );
  return {
    baseDir: migrationsDir,
    lockfile: {
      path: "migration_lock.toml",
      content: await readFile(join(migrationsDir, "migration_lock.toml"), "utf8"),
    },
    shadowDbInitScript: "",
    migrationDirectories,
  };
};

const connectionOf = (serverUrl: string): Connection => {
  const url = new URL(serverUrl);
  return {
    host: url.hostname,
    port: Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
  };
};

export type SchemaDiffOptions = {
  /** Any database of a server on which databases may be made. It is left as it was. */
  databaseUrl: string;
  schemaPath: string;
  migrationsDir: string;
};

/**
 * The SQL that leads from the migrations to the schema, as Prisma's engine writes it; empty when they agree.
 * The engine runs in WebAssembly: the Prisma CLI would download a native one first.
 */
export const diffMigrations = async ({
  databaseUrl,
  schemaPath,
  migrationsDir,
}: SchemaDiffOptions): Promise<string> => {
  loaded ??= loadEngine();
  const { create, panic } = await loaded;
  const content = await readFile(schemaPath, "utf8");
  const connection = connectionOf(databaseUrl);
  const opened: { dispose: () => Promise<void> }[] = [];
  const connect = async (database: string) => {
    const adapter = await connectAdapter({ ...connection, database });
    opened.push(adapter);
    return adapter;
  };
  const shadow = await createShadowDatabase(connection, `shadow_${randomUUID()}`);
  const adapters = bindMigrationAwareSqlAdapterFactory({
    provider: "postgres",
    adapterName: "phonoscene-schema-engine",
    connect: () => connect(connection.database),
    connectToShadowDb: () => connect(shadow.database),
  });
  try {
    const file = { path: basename(schemaPath), content };
    const engine = await Promise.race([create([file.path, content], adapters), panic]);
    const request: DiffParams = {
      from: { tag: "migrations", ...(await listMigrations(migrationsDir)) },
      to: { tag: "schemaDatamodel", files: [file] },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    };
    const { exitCode, stdout } = await Promise.race([engine.diff(request), panic]);
    engine.free();
    return exitCode === 0 ? "" : (stdout ?? "");
  } finally {
    // The engine leaves connections open, and with them its advisory lock.
    await Promise.all(opened.map((adapter) => adapter.dispose()));
    await shadow.drop();
  }
};
