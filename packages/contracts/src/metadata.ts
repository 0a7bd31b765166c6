import { z } from "zod";

import { jsonField } from "./json-field.ts";
import { isStorable, NOT_STORABLE } from "./stored-text.ts";

export const MAX_METADATA_KEYS = 50;
const TOO_MANY = `Metadata has at most ${MAX_METADATA_KEYS} keys`;

const Key = z.string().min(1).max(40).refine(isStorable, NOT_STORABLE);
const Value = z.string().max(500).refine(isStorable, NOT_STORABLE);

/** Notes of the client's own: this service keeps them and does not read them. */
export const Metadata = z
  .record(Key, Value)
  .refine((metadata) => Object.keys(metadata).length <= MAX_METADATA_KEYS, TOO_MANY)
  .meta({
    description: "Notes of your own: at most 50 keys of 1 to 40 characters, values of at most 500 characters",
  });
export type Metadata = z.infer<typeof Metadata>;

/** In a form: fields named `metadata[key]`, or one field with JSON. */
export const FormMetadata = jsonField(Metadata.default({}));

/** RFC 7396: keys that are not named stay, null removes one; null for the whole removes all. */
export const MetadataPatch = z
  .record(Key, Value.nullable())
  .refine((metadata) => Object.keys(metadata).length <= MAX_METADATA_KEYS, TOO_MANY)
  .nullable()
  .meta({ description: "Keys to set; null removes one, keys that are not named stay. null removes all" });
export type MetadataPatch = z.infer<typeof MetadataPatch>;

/** `?metadata[key]=value`, any number of times: all must match. */
export const MetadataFilter = Metadata.optional().meta({
  description: "Only those whose metadata has all of these: `?metadata[project]=orchard`",
  param: { style: "deepObject", explode: true },
});

/** Words to look for, taken literally. */
export const SearchQuery = z.string().trim().min(1).max(200).refine(isStorable, NOT_STORABLE);

/** A moment with its offset, RFC 3339. */
export const Moment = z.iso
  .datetime({ offset: true, error: "A moment looks like 2026-11-22T10:00:00Z" })
  .transform((text) => new Date(text))
  .refine(
    (moment) => moment.getUTCFullYear() >= 1 && moment.getUTCFullYear() <= 9999,
    "A moment is in year 1 to 9999, UTC",
  );
