import { PrismaPg } from "@prisma/adapter-pg";
import { ColumnTypeEnum, type SqlQueryable, type SqlQuery, type SqlResultSet } from "@prisma/driver-adapter-utils";
import pg from "pg";

/** Apart, because `pg` would prefer the database of a connection string to one that is named beside it. */
export type Connection = { host: string; port: number; user: string; password: string; database: string };

export type SchemaEngineAdapter = Awaited<ReturnType<PrismaPg["connect"]>>;

const CATALOG_CHAR = 18;
const TEXT = 25;

type Rows = unknown[][];
type RawResult = { fields: { dataTypeID: number }[]; rows: Rows };
type RawQueryable = { query: (query: unknown) => Promise<RawResult | RawResult[]> };

/** Which columns of a result were of the catalog type "char", by the result's rows. */
type CharColumns = WeakMap<object, number[]>;

/** Lets the adapter, which knows nothing of "char", see such columns as text. */
const hideCharColumns = (queryable: RawQueryable, charColumns: CharColumns): void => {
  const query = queryable.query.bind(queryable);
  queryable.query = async (...args) => {
    const result = await query(...args);
    if (Array.isArray(result)) return result;
    const columns = result.fields.flatMap((field, index) => (field.dataTypeID === CATALOG_CHAR ? [index] : []));
    for (const index of columns) {
      const field = result.fields[index];
      if (field !== undefined) field.dataTypeID = TEXT;
    }
    charColumns.set(result.rows, columns);
    return result;
  };
};

/** Tells the engine what the columns really are: one character, or none, which the engine expects as null. */
const restoreCharColumns = (queryable: SqlQueryable, charColumns: CharColumns): void => {
  const queryRaw = queryable.queryRaw.bind(queryable);
  queryable.queryRaw = async (query: SqlQuery): Promise<SqlResultSet> => {
    const result = await queryRaw(query);
    for (const column of charColumns.get(result.rows) ?? []) {
      result.columnTypes[column] = ColumnTypeEnum.Character;
      for (const row of result.rows) if (row[column] === "") row[column] = null;
    }
    return result;
  };
};

/**
 * Prisma's adapter for `pg`, made fit for the schema engine, for which it is not meant: it does not know the type
 * "char" of the catalogs, and cuts scripts at every semicolon, inside function bodies and comments too.
 */
export const connectAdapter = async (connection: Connection): Promise<SchemaEngineAdapter> => {
  const adapter = await new PrismaPg(connection).connect();
  const pool = adapter.underlyingDriver();
  const charColumns: CharColumns = new WeakMap();
  hideCharColumns(pool, charColumns);
  restoreCharColumns(adapter, charColumns);
  const startTransaction = adapter.startTransaction.bind(adapter);
  adapter.startTransaction = async (isolationLevel) => {
    const transaction = await startTransaction(isolationLevel);
    // The connection behind a transaction is not part of its type, but there is no other way to it.
    hideCharColumns((transaction as unknown as { client: RawQueryable }).client, charColumns);
    restoreCharColumns(transaction, charColumns);
    return transaction;
  };
  adapter.executeScript = async (script) => {
    await pool.query(script);
  };
  const dispose = adapter.dispose.bind(adapter);
  let disposed: Promise<void> | undefined;
  // The engine closes some of its connections and leaves others open: whoever closes all of them may do so twice.
  adapter.dispose = () => (disposed ??= dispose());
  return adapter;
};

/**
 * An empty database in which the engine replays the migrations. The adapter's own one is dropped while it is still
 * connected, which fails.
 */
export const createShadowDatabase = async (
  connection: Connection,
  database: string,
): Promise<{ database: string; drop: () => Promise<void> }> => {
  const admin = new pg.Client(connection);
  await admin.connect();
  const name = admin.escapeIdentifier(database);
  await admin.query(`CREATE DATABASE ${name} TEMPLATE template0`);
  const drop = async () => {
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  };
  return { database, drop };
};
