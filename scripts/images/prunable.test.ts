import { expect, test } from "vitest";

import { type Host, reasonToPrune } from "./prunable.ts";

const host: Host = { platform: "linux", arch: "x64", libc: "glibc" };
const ONNX = "node_modules/.pnpm/onnxruntime-node@1.30.0/node_modules/onnxruntime-node/bin/napi-v6";
const ARGON = "node_modules/.pnpm/argon2@0.44.0/node_modules/argon2/prebuilds";
const PRISMA = "node_modules/.pnpm/@prisma+client@7.10.0_a38d/node_modules/@prisma/client/runtime";
const DB = "node_modules/.pnpm/@phonoscene+db@file++++repo+packages+db/node_modules/@phonoscene/db";

const TRANSFORMERS = "node_modules/.pnpm/@huggingface+transformers@4.3.1/node_modules/@huggingface/transformers";

test.each([
  `${ONNX}/linux/x64/libonnxruntime.so.1`,
  `${ARGON}/linux-x64/argon2.glibc.node`,
  `${PRISMA}/query_compiler_fast_bg.postgresql.wasm-base64.mjs`,
  `${TRANSFORMERS}/dist/transformers.node.mjs`,
  `${DB}/dist/client.js`,
  `${DB}/dist/client.js.map`,
  "dist/main.js",
  "dist/main.js.map",
  "node_modules/.pnpm/some@1.0.0/node_modules/some/lib/linux/arm64/paths.js",
])("the host needs %s", (path) => {
  expect(reasonToPrune(path, host)).toBeNull();
});

test.each([
  [`${ONNX}/linux/arm64/libonnxruntime.so.1`, "other platforms"],
  [`${ONNX}/darwin/arm64/libonnxruntime.1.30.0.dylib`, "other platforms"],
  [`${ONNX}/win32/x64/DirectML.dll`, "other platforms"],
  [`${ARGON}/linux-x64/argon2.musl.node`, "other platforms"],
  [`${ARGON}/freebsd-x64/argon2.glibc.node`, "other platforms"],
  [`${PRISMA}/query_compiler_small_bg.mysql.js`, "other databases"],
  [`${TRANSFORMERS}/dist/transformers.web.js`, "Transformers.js for others"],
  [`${TRANSFORMERS}/src/env.js`, "Transformers.js for others"],
  [`${PRISMA}/client.mjs.map`, "others' source maps"],
  ["node_modules/.pnpm/zod@4.6.7/node_modules/zod/v4/index.d.cts", "TypeScript"],
  [`${DB}/dist/client.d.ts`, "TypeScript"],
  [`${DB}/node_modules/nested/index.js.map`, "others' source maps"],
])("the host does not need %s: %s", (path, reason) => {
  expect(reasonToPrune(path, host)).toBe(reason);
});

test("another host needs its own binaries instead", () => {
  const mac: Host = { platform: "darwin", arch: "arm64", libc: null };
  expect(reasonToPrune(`${ONNX}/darwin/arm64/onnxruntime_binding.node`, mac)).toBeNull();
  expect(reasonToPrune(`${ONNX}/linux/x64/onnxruntime_binding.node`, mac)).toBe("other platforms");
});
