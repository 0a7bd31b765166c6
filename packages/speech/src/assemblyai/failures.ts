import { AppError } from "@phonoscene/kernel";

/** What the messages of transcripts that ended in `error` mean, first match wins. */
const MEANINGS = [
  {
    pattern: /no spoken audio|speech threshold/i,
    code: "no_speech",
    detail: "AssemblyAI found no speech in the recording: send one in which somebody speaks.",
  },
  {
    pattern: /language/i,
    code: "language_uncertain",
    detail: "AssemblyAI could not tell the language: name it (language=en, for example) in place of auto.",
  },
  {
    pattern: /duration is too short|file is empty|empty file/i,
    code: "audio_empty",
    detail: "The recording is too short to transcribe: send a longer one.",
  },
  {
    pattern:
      /does not appear to contain audio|transcoding failed|decod|unsupported|corrupt|file type|no audio|invalid (audio|file)/i,
    code: "audio_unreadable",
    detail: "AssemblyAI cannot read the recording: export it as WAV or MP3 and send it again.",
  },
  {
    pattern: /server error|internal error|try again|temporar|timed? ?out/i,
    code: "provider_unavailable",
    detail: "AssemblyAI failed on its side; it is tried again.",
  },
] as const;

/** Why the provider gave a transcript up. */
export const transcriptFailure = (message: string): AppError => {
  const cause = { cause: new Error(`AssemblyAI: ${message.slice(0, 300)}`) };
  const meaning = MEANINGS.find(({ pattern }) => pattern.test(message));
  if (meaning !== undefined) return new AppError(meaning.code, { detail: meaning.detail }, cause);
  const detail = "AssemblyAI refused the recording. The log has its reason.";
  return new AppError("provider_rejected", { detail }, cause);
};
