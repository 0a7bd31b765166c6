import { AppError } from "@phonoscene/kernel";

import { NODE_AV_MISSING } from "./decode-exit-codes.ts";

/** What a decoder printed, as far as it matters. */
export type DecoderNotes = {
  /** As the header claims it, or as the bit rate suggests; null where neither tells. */
  durationMs: number | null;
  /** The duration is a guess from the bit rate. */
  isEstimate: boolean;
  /** A packet was cut off: the file ends too early. */
  isCut: boolean;
};

const DURATION = /Duration: (\d+):(\d+):(\d+(?:\.\d+)?)/;
const ESTIMATED = /Estimating duration from bitrate/;
const CUT = /ended prematurely|partial file|corrupt input packet|Packet corrupt/i;
/** A WAV of unknown length always ends in a packet that looks cut; its header is judged instead. */
const WAV_CUT = /\[wav @|Packet corrupt.*NOPTS/;
const NO_AUDIO_TRACK = /matches no streams|does not contain any stream|no audio track/i;

/** Reads the lines of ffmpeg's log; node-av prints the same ones, being the same library. */
export const readDecoderNotes = (printed: string): DecoderNotes => {
  const [, hours, minutes, seconds] = DURATION.exec(printed) ?? [];
  return {
    durationMs: hours === undefined ? null : ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000,
    isEstimate: ESTIMATED.test(printed),
    isCut: CUT.test(printed) && !WAV_CUT.test(printed),
  };
};

/** Why not one sample came out. */
export const refusal = (printed: string, exitCode: number | null): AppError => {
  const cause = { cause: new Error(`The decoder ended with ${exitCode}: ${printed.trim().slice(-1000)}`) };
  if (exitCode === NODE_AV_MISSING) {
    const detail =
      "No audio decoder is installed: install ffmpeg (apt-get install ffmpeg) or set FFMPEG_PATH; the npm package node-av is used where the install did not skip it.";
    return new AppError("decoder_not_installed", { detail }, cause);
  }
  if (NO_AUDIO_TRACK.test(printed)) {
    const detail = "The file has no audio track: send a recording with sound.";
    return new AppError("audio_unreadable", { detail }, cause);
  }
  if (exitCode === 0 && !printed.includes("[error]")) {
    return new AppError(
      "audio_empty",
      { detail: "The file has an audio track with nothing in it: record again." },
      cause,
    );
  }
  const detail =
    "The recording is damaged and nothing of it can be decoded: export it again, as WAV or MP3 if need be.";
  return new AppError("audio_unreadable", { detail }, cause);
};
