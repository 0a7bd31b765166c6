/**
 * The local engine over a corpus of real speech: wrong words by set, speed, memory, time to load, against the direct call
 * of the model; what recordings without English gave; and a recording of hours.
 *
 *   npx pnpm bench:speech [--model base|tiny]... [--filter NAME] [--hours 3] [--curve FILE.csv] [--no-floor] [--json]
 *
 * Speed is told twice: by the clock, and by the processor time, which neighbours on the machine change little.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";

import { z } from "zod";

import { isEnglish, loadCorpus } from "./corpus.ts";
import { measureLong } from "./long.ts";
import { measureFloors, measureModel, type ModelReport, printModel } from "./models.ts";

const { values } = parseArgs({
  options: {
    model: { type: "string", multiple: true, default: ["base", "tiny"] },
    filter: { type: "string", default: "" },
    hours: { type: "string" },
    curve: { type: "string" },
    json: { type: "boolean", default: false },
    floor: { type: "boolean", default: true },
  },
  allowNegative: true,
});
const models = z.array(z.enum(["base", "tiny"])).parse(values.model);
const clips = loadCorpus(values.filter);

const print = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);

const loop = monitorEventLoopDelay({ resolution: 1 });
loop.enable();
const reports: ModelReport[] = [];
for (const model of models) {
  const report = await measureModel(model, clips, print);
  printModel(report, print);
  if (values.floor) await measureFloors(report, clips, print);
  reports.push(report);
}
const hours = values.hours === undefined ? null : Number(values.hours);
const [longModel = "base"] = models;
const long =
  hours === null
    ? null
    : await measureLong({
        model: longModel,
        hours,
        clips: clips.filter(isEnglish),
        curve: values.curve ?? null,
        print,
      });
loop.disable();
const loopP99Ms = loop.percentile(99) / 1e6;
print(`The parent's event loop was late by ${loopP99Ms.toFixed(1)} ms at most in 99 % of its turns (target 50 ms).`);
if (values.json) process.stdout.write(`${JSON.stringify({ models: reports, long, loopP99Ms }, null, 2)}\n`);
