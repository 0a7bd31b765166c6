export * from "./local-disk.ts";
