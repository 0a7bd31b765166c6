/** Where the files are going to run. */
export type Host = { platform: string; arch: string; libc: "glibc" | "musl" | null };

const PLATFORMS = new Set(["aix", "android", "darwin", "freebsd", "linux", "openbsd", "sunos", "win32", "windows"]);
const ARCHS = new Set(["arm", "arm64", "ia32", "loong64", "ppc64", "riscv64", "s390x", "x64"]);
const LIBCS = new Set(["glibc", "musl"]);

const TYPESCRIPT = /\.[cm]?tsx?$/;
const BINARY = /\.(node|dll|dylib|exe|so(\.\d+)*)$/;
const SOURCE_MAP = /\.map$/;
/** Prisma's client brings the query compilers of every database; ours is PostgreSQL. */
const OTHER_QUERY_COMPILER =
  /\/@prisma\/client\/runtime\/query_compiler_\w+_bg\.(cockroachdb|mysql|sqlite|sqlserver)\./;
/** Transformers.js comes in nine builds, with its sources; Node imports one. */
const OTHER_TRANSFORMERS = /\/@huggingface\/transformers\/(src\/|dist\/(?!transformers\.node\.mjs$))/;
const OWN_PACKAGE = /(^|\/)node_modules\/@phonoscene\/[^/]+\/(?!.*node_modules\/)/;

/** A path such as `bin/linux/arm64/a.node` or `prebuilds/darwin-x64/b.node` names another machine than the host. */
const isForeign = (pathInPackage: string, host: Host): boolean => {
  const words = pathInPackage.split(/[/.-]/);
  const names = (known: Set<string>, own: string | null): boolean => {
    const named = words.filter((word) => known.has(word));
    return own !== null && named.length > 0 && !named.includes(own);
  };
  return names(PLATFORMS, host.platform) || names(ARCHS, host.arch) || names(LIBCS, host.libc);
};

/**
 * Why a deployed file is not needed to run the app on `host`, or null where it is needed.
 * `path` is relative to the deployed folder, with slashes.
 */
export const reasonToPrune = (path: string, host: Host): string | null => {
  if (TYPESCRIPT.test(path)) return "TypeScript";
  if (OTHER_QUERY_COMPILER.test(path)) return "other databases";
  if (OTHER_TRANSFORMERS.test(path)) return "Transformers.js for others";
  if (SOURCE_MAP.test(path) && path.includes("node_modules/") && !OWN_PACKAGE.test(path)) return "others' source maps";
  const pathInPackage = path.slice(path.lastIndexOf("node_modules/"));
  return BINARY.test(path) && isForeign(pathInPackage, host) ? "other platforms" : null;
};
