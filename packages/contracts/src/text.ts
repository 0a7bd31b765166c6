/** PostgreSQL stores no U+0000 in a text. For `refine`, with the message below. */
export const isStorable = (text: string): boolean => !text.includes("\0");
export const NOT_STORABLE = "The character U+0000 cannot be stored";
