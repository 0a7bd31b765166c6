import type { Stage, Task } from "@phonoscene/contracts";
import { type MultiBar, MultiBar as createMultiBar, type SingleBar } from "cli-progress";
import pc from "picocolors";

/** Shows how a task moves along: a bar a stage on a terminal, a line a step elsewhere. */
export type Progress = {
  step(text: string): void;
  update(task: Pick<Task, "kind" | "stage" | "status" | "progress">): void;
  end(): void;
};

const STAGE_LABELS: Record<Stage, string> = { transcribing: "transcribing", prompting: "writing prompts" };

/** Each stage's fraction, 0..1; a stage before the current one is done. */
const fractionOf = (task: Pick<Task, "stage" | "status" | "progress">, stage: Stage): number => {
  if (task.status === "completed") return 1;
  if (task.stage === stage) return task.progress;
  return task.stage === "prompting" && stage === "transcribing" ? 1 : 0;
};

const stagesOf = (kind: Task["kind"]): Stage[] => (kind === "audio" ? ["transcribing", "prompting"] : ["prompting"]);

const createBars = (stream: NodeJS.WriteStream): Progress => {
  let bars: MultiBar | null = null;
  const byStage = new Map<Stage, SingleBar>();
  return {
    step: (text) => void stream.write(`${pc.dim(`· ${text}`)}\n`),
    update: (task) => {
      bars ??= new createMultiBar({
        format: `  {label} ${pc.cyan("{bar}")} {percentage} %`,
        barCompleteChar: "█",
        barIncompleteChar: "░",
        barsize: 30,
        hideCursor: true,
        stream,
      });
      for (const stage of stagesOf(task.kind)) {
        const label = STAGE_LABELS[stage].padEnd(16);
        const bar = byStage.get(stage) ?? bars.create(100, 0, { label });
        byStage.set(stage, bar);
        bar.update(Math.round(fractionOf(task, stage) * 100));
      }
    },
    end: () => bars?.stop(),
  };
};

const createLines = (stream: NodeJS.WriteStream): Progress => {
  const shown = new Map<Stage, number>();
  return {
    step: (text) => void stream.write(`· ${text}\n`),
    update: (task) => {
      for (const stage of stagesOf(task.kind)) {
        const tenth = Math.floor(fractionOf(task, stage) * 10);
        if (tenth <= (shown.get(stage) ?? 0)) continue;
        shown.set(stage, tenth);
        stream.write(`· ${STAGE_LABELS[stage]}: ${tenth * 10} %\n`);
      }
    },
    end: () => undefined,
  };
};

export const createProgress = (stream: NodeJS.WriteStream): Progress =>
  stream.isTTY ? createBars(stream) : createLines(stream);
