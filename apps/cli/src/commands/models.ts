import { AppError } from "@phonoscene/kernel";
import {
  fetchModel,
  findModel,
  type InstalledModel,
  installedModels,
  isHubModel,
  sizeOf,
  SPEECH_MODELS,
  type SpeechModel,
} from "@phonoscene/speech/models";
import { Bar } from "cli-progress";
import pc from "picocolors";

import type { ModelsCommand } from "../arguments.ts";
import type { CommandContext } from "./start.ts";

const MEGABYTE = 1_000_000;

const megabytes = (bytes: number): string => `${Math.round(bytes / MEGABYTE)} MB`;

const languagesOf = ({ languages }: SpeechModel): string =>
  languages.length > 3 ? `${languages.length} languages` : languages.join(", ");

const sourceOf = ({ source }: SpeechModel): string =>
  source.kind === "npm" ? `npm ${source.package} ${source.version}` : source.repository;

const toRow = (model: InstalledModel): string[] => [
  model.id,
  model.engine,
  model.isInstalled ? "here" : "not here",
  megabytes(sizeOf(model)),
  languagesOf(model),
  model.licence,
  sourceOf(model),
];

const toTable = (rows: readonly string[][]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};

const list = async ({ config, stdout }: CommandContext, isJson: boolean): Promise<void> => {
  const models = await installedModels(config.models);
  if (isJson) {
    const json = models.map(({ files, ...model }) => ({ ...model, sizeBytes: sizeOf({ ...model, files }), files }));
    stdout.write(`${JSON.stringify({ models: json })}\n`);
    return;
  }
  const [head = "", ...lines] = toTable([
    ["model", "engine", "", "size", "speaks", "licence", "from"],
    ...models.map(toRow),
  ]).split("\n");
  stdout.write(`${pc.bold(head)}\n${lines.join("\n")}\n`);
};

/** A bar on a terminal, and nothing elsewhere: what is done is said at the end. */
const createBar = (stream: NodeJS.WriteStream, model: SpeechModel) => {
  const format = `  ${model.id} ${pc.cyan("{bar}")} {percentage} %`;
  const bar = new Bar({ format, barCompleteChar: "█", barIncompleteChar: "░", barsize: 30, hideCursor: true, stream });
  if (stream.isTTY) bar.start(sizeOf(model), 0);
  return { update: (bytes: number): void => bar.update(bytes), stop: (): void => bar.stop() };
};

const fetchOne = async ({ config, stdout, stderr, interrupted }: CommandContext, id: string, isJson: boolean) => {
  const model = findModel(id);
  if (model === null) {
    const detail = `There is no speech model ${id}: ${SPEECH_MODELS.map((known) => known.id).join(", ")} there are.`;
    throw new AppError("config/invalid", { detail });
  }
  if (!isHubModel(model)) {
    const detail = `${model.id} comes with the packages and is not fetched: npx pnpm install brings it.`;
    throw new AppError("config/invalid", { detail });
  }
  const bar = createBar(stderr, model);
  const { cacheDir, hubUrl } = config.models;
  try {
    const options = { cacheDir, onProgress: bar.update, signal: interrupted };
    const folder = await fetchModel(model, { ...options, ...(hubUrl !== undefined && { hubUrl }) });
    const json = { id: model.id, folder, sizeBytes: sizeOf(model) };
    stdout.write(
      isJson
        ? `${JSON.stringify(json)}\n`
        : `${model.id} is in ${folder}: SPEECH_ENGINE=whisper WHISPER_MODEL=${model.id} takes it.\n`,
    );
  } finally {
    bar.stop();
  }
};

/**
 * Says which speech models there are for this machine, or brings one, verified.
 * @throws AppError "config/invalid" for a model that is not to be had so, "model_not_installed" that names the fix.
 */
export const models = (context: CommandContext, { action, id, isJson }: ModelsCommand): Promise<void> =>
  action === "list" ? list(context, isJson) : fetchOne(context, id, isJson);
