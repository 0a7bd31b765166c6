/**
 * A JSON object, one element of its lists at a time, so that no string ever holds all of it.
 * Lists come last, in the order of the object.
 */
export function* toJson(value: Readonly<Record<string, unknown>>): Generator<string> {
  const entries = Object.entries(value);
  const lists = entries.filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]));
  const plain = Object.fromEntries(entries.filter(([, member]) => !Array.isArray(member)));
  const head = JSON.stringify(plain).slice(0, -1);
  yield head;
  let separator = head === "{" ? "" : ",";
  for (const [name, items] of lists) {
    yield `${separator}${JSON.stringify(name)}:[`;
    for (const [index, item] of items.entries()) yield `${index === 0 ? "" : ","}${JSON.stringify(item)}`;
    yield "]";
    separator = ",";
  }
  yield "}\n";
}
