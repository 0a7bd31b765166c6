const quote = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;

/**
 * A PostgreSQL array literal, to be cast where it is used: `${arrayLiteral(ids)}::uuid[]`. For long lists: Prisma walks each
 * element of a parameter that is an array, which takes a fifth of the time of an update of 10,000 tasks; a string it passes on.
 */
export const arrayLiteral = (values: readonly (string | number | boolean | null)[]): string =>
  `{${values
    .map((value) => {
      if (value === null) return "NULL";
      return typeof value === "string" ? quote(value) : String(value);
    })
    .join(",")}}`;
