// Migrates the database of its first argument with the folder of its second, and prints the names of what it applied.
import { migrate } from "./migrate.ts";

process.stdout.write(JSON.stringify(await migrate(process.argv[2] ?? "", process.argv[3] ?? "")));
