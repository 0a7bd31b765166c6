import { median, type Row } from "./report.ts";
import type { Effort } from "./requests.ts";
import type { World } from "./world.ts";

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

/** A refused login of an account that there is against one that there is not: the time must not tell which. */
export async function* loginRow(world: World, { tasks, onRound }: Effort): AsyncGenerator<Row> {
  const name = "refused login, known against unknown account, medians";
  const rounds = tasks / 200;
  const times = { known: [] as number[], unknown: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    onRound(name, round, rounds);
    const order = round % 2 === 0 ? (["known", "unknown"] as const) : (["unknown", "known"] as const);
    for (const who of order) {
      const email = who === "known" ? world.ownerEmail : `nobody-${round}@bench.example`;
      times[who].push(await timeLogin(world.api.url, email));
    }
  }
  const [known, unknown] = [median(times.known), median(times.unknown)];
  const figures = { ours: Math.max(known, unknown), other: Math.min(known, unknown) };
  const against = known > unknown ? "unknown" : "known";
  yield { name, unit: "ms", ...figures, against, target: { atMost: 1.05 } };
}
