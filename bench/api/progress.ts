import { SingleBar } from "cli-progress";
import pc from "picocolors";

export type Progress = {
  /** `done` of `total` steps of the part of this name. */
  show(name: string, done: number, total: number): void;
  /** A line that stays. */
  say(line: string): void;
  end(): void;
};

/** A bar on a terminal, else a line a part. */
export const createProgress = (stream: NodeJS.WriteStream): Progress => {
  let current = "";
  if (!stream.isTTY) {
    return {
      show: (name) => {
        if (name !== current) stream.write(`· ${name}\n`);
        current = name;
      },
      say: (line) => void stream.write(`${line}\n`),
      end: () => undefined,
    };
  }
  const bar = new SingleBar({
    format: `  {name} ${pc.cyan("{bar}")} {percentage} %`,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    stream,
  });
  return {
    show: (name, done, total) => {
      const payload = { name: name.padEnd(28) };
      if (current === "") bar.start(total, done, payload);
      current = name;
      bar.setTotal(total);
      bar.update(done, payload);
    },
    say: (line) => {
      // The next step begins the bar anew, below the line.
      bar.stop();
      current = "";
      stream.write(`${line}\n`);
    },
    end: () => bar.stop(),
  };
};
