import "vitest";

declare module "vitest" {
  // An existing interface can only be added to by an interface.
  // oxlint-disable-next-line typescript/consistent-type-definitions
  export interface ProvidedContext {
    /** A database of the tests' PostgreSQL from which others may be made and dropped. */
    databaseServerUrl: string;
    /** Holds the migrated, empty schema of the application and of the queue. */
    templateDatabase: string;
    /** Null when this machine has no Redis. */
    redisUrl: string | null;
    /** How the names of all keys begin that this run leaves in a Redis; the run removes them. */
    redisPrefix: string;
    /** A folder for what tests note of the answers they got: which route, which status, how often. */
    answersDir: string;
  }
}
