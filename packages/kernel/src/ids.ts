import { v7 } from "uuid";

/** A new UUIDv7 (RFC 9562): unique everywhere, and sorts by its time of birth. */
export const newId = (): string => v7();
