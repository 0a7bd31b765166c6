import { MINUTE, SECOND } from "../../packages/kernel/src/index.ts";
import { PROVIDER_FAULTS, type ProviderFault } from "./provider-faults.ts";
import type { Row, RowContext } from "./row.ts";
import { type Tally, until } from "./tally.ts";
import { type World, withWorld } from "./world.ts";

const ROUNDS = 20;
/** In the short form, which begins elsewhere for each seed: the gate's own tests meet every fault. */
const FEW = 4;
/** Each fault once at each provider. */
const TRIALS_OF_ROUND = 2 * PROVIDER_FAULTS.length;

/**
 * Silence and drips are over by then: a job of the speech provider's, and a request to the language model. Time enough,
 * on a machine that does much else, for what comes before the order: each recording's header is read first.
 */
const ENV = {
  ASSEMBLYAI_TIMEOUT_MS: String(10 * SECOND),
  OPENAI_TIMEOUT_MS: String(2 * SECOND),
  WORKER_CONCURRENCY: "4",
};

const accepted = ({ id, status }: { id: string | null; status: number }): string => {
  if (id === null) throw new Error(`a create was answered ${status}`);
  return id;
};

type Ended = { status: string; code: string | null; retryable: boolean | null; words: string | null; engine: string };

const untilOver = (world: World, id: string): Promise<Ended> =>
  until(`the end of task ${id}`, 2 * MINUTE, async () => {
    const { rows } = await world.client.query<Ended>(
      `SELECT status, error_code AS code, error_retryable AS retryable, coalesce(prompt_engine, '') AS engine,
         (SELECT text FROM transcripts WHERE task_id = tasks.id) AS words
       FROM tasks WHERE id = $1 AND status IN ('completed', 'failed', 'canceled')`,
      [id],
    );
    return rows[0] ?? null;
  });

const describe = ({ status, code, retryable, engine }: Ended): string =>
  `${status}, ${code ?? "no error"}, retryable ${retryable ?? "-"}, prompts by ${engine}`;

/** What the provider hears where nothing is wrong with it. */
const hearWell = async (world: World): Promise<string> => {
  const { status, words } = await untilOver(world, accepted(await world.api.createAudio()));
  if (status !== "completed" || words === null) throw new Error(`without a fault a recording ended as ${status}`);
  return words;
};

const checkHeard = (name: string, ended: Ended, expected: { words: string; isRejected: boolean }): void => {
  const isRight = expected.isRejected
    ? ended.status === "failed" && ended.code === "provider_rejected" && ended.retryable === false
    : ended.status === "completed" && ended.words === expected.words;
  if (!isRight) throw new Error(`AssemblyAI, ${name}: ${describe(ended)}`);
};

/**
 * As many recordings as faults, all at once. Who meets which fault is left open: whatever can be made up for is, for
 * every one of them, and what cannot fails as many as were hit.
 */
const hearThrough = async (
  { world, tally }: Trials,
  faults: readonly ProviderFault[],
  words: string,
): Promise<void> => {
  const isRejected = faults.every(({ endsSpeech }) => endsSpeech);
  world.vendors.speech.script("submit", ...faults.map(({ speech }) => speech));
  const name = faults.map((fault) => fault.name).join(", ");
  const ids = await Promise.all(faults.map(async () => accepted(await world.api.createAudio())));
  for (const id of ids)
    await tally.trial(async () => checkHeard(`one of ${name}`, await untilOver(world, id), { words, isRejected }));
};

const writeThrough = async (world: World, { name, prompts, endsPrompts }: ProviderFault): Promise<void> => {
  world.vendors.prompts.script(prompts);
  const ended = await untilOver(world, accepted(await world.api.createText()));
  const isLocal = ended.engine.startsWith("local");
  if (ended.status !== "completed" || isLocal !== endsPrompts)
    throw new Error(`the language model, ${name}: ${describe(ended)}`);
};

type Trials = { world: World; tally: Tally };

const playRound = async (trials: Trials, faults: readonly ProviderFault[], words: string): Promise<void> => {
  const [final, passing] = [true, false].map((ends) => faults.filter(({ endsSpeech }) => endsSpeech === ends));
  for (const group of [final ?? [], passing ?? []]) await hearThrough(trials, group, words);
  for (const fault of faults) await trials.tally.trial(() => writeThrough(trials.world, fault));
};

const chooseFaults = ({ trials, seed }: RowContext): readonly ProviderFault[] =>
  trials >= TRIALS_OF_ROUND
    ? PROVIDER_FAULTS
    : PROVIDER_FAULTS.filter((_fault, index) => (index + seed) % Math.ceil(PROVIDER_FAULTS.length / FEW) === 0);

export const row05: Row = {
  number: 5,
  promise: "a provider's failure never corrupts",
  backends: ["postgres"],
  trials: { full: ROUNDS * TRIALS_OF_ROUND, short: 2 * FEW },
  run: (context) =>
    withWorld(context, { answerMs: 1, env: ENV }, async (world, tally) => {
      await world.start("worker");
      const words = await hearWell(world);
      const rounds = Math.max(1, Math.round(context.trials / TRIALS_OF_ROUND));
      const faults = chooseFaults(context);
      for (let round = 0; round < rounds; round += 1) await playRound({ world, tally }, faults, words);
    }),
};
