// Takes the lock of the directory in its first argument and says how that went; keeps it until it is told to end.
import { lockDataDir } from "./data-dir-lock.ts";

try {
  await lockDataDir(process.argv[2] ?? "");
  process.send?.("locked");
  setInterval(() => undefined, 60_000);
} catch (error) {
  process.send?.((error as Error).message, () => process.exit(0));
}
