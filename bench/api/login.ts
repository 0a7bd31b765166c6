import { median, type Row } from "./report.ts";
import type { Effort } from "./requests.ts";
import type { World } from "./world.ts";

/** 2,000 logins, or as many as there is time for. */
const PAIRS = 1000;
const AT_MOST_MS = 5 * 60_000;
const PASSWORD = "not the password of anybody";

const timeLogin = async (url: string, email: string): Promise<number> => {
  const startMs = performance.now();
  const answer = await fetch(`${url}/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
  await answer.arrayBuffer();
  if (answer.status !== 401) throw new Error(`a wrong password was answered with ${answer.status}`);
  return performance.now() - startMs;
};

/**
 * A refused login of an account that there is against one that there is not: the time must not tell which. One after the
 * other, each pair in the other order: whatever else the machine does, it does to both.
 */
export async function* loginRow(world: World, { onRound }: Effort): AsyncGenerator<Row> {
  const times = { known: [] as number[], unknown: [] as number[] };
  const until = performance.now() + AT_MOST_MS;
  for (let round = 0; round < PAIRS && performance.now() < until; round += 1) {
    onRound("refused logins", round, PAIRS);
    const order = round % 2 === 0 ? (["known", "unknown"] as const) : (["unknown", "known"] as const);
    for (const who of order) {
      const email = who === "known" ? world.ownerEmail : `nobody-${round}@bench.example`;
      times[who].push(await timeLogin(world.api.url, email));
    }
  }
  const [known, unknown] = [median(times.known), median(times.unknown)];
  const figures = { ours: Math.max(known, unknown), other: Math.min(known, unknown) };
  const against = known > unknown ? "unknown" : "known";
  const name = `refused login, known and unknown account, medians of ${times.known.length} each`;
  yield { name, unit: "ms", ...figures, against, target: { atMost: 1.05 } };
}
