import { z } from "zod";

/** A NUL character, or half of a character: Postgres stores neither. */
const UNSTORABLE = /[\0\p{Cs}]/u;

/** For `refine`, with the message below. */
export const isStorable = (text: string): boolean => !UNSTORABLE.test(text);

export const NOT_STORABLE = "The text has a NUL character or half of a surrogate pair in it: take it out";

/** Text that the database can hold: anything but NUL characters and halves of surrogate pairs. */
export const storedText = (maxCharacters: number) =>
  z.string().trim().min(1).max(maxCharacters).refine(isStorable, NOT_STORABLE);
