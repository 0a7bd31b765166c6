import { z } from "zod";

import { DurationMs, MAX_SENTENCE, MAX_WORD, shownText } from "./bounds.ts";
import { defineEndpoint } from "./endpoint.ts";
import { isStorable, NOT_STORABLE } from "./stored-text.ts";

export const MAX_AUDIO_URL_CHARACTERS = 2048;

export const AudioId = z.uuid().toLowerCase().meta({ example: "019ab2f4-6a3e-7c51-9d0e-2f7a5b8c9d10" });

/** Syntax only; whether the address is public is checked by the API, and again by the worker that connects to it. */
export const AudioUrl = z
  .url({
    protocol: /^https?$/,
    error: "An audio URL starts with https:// or http://, such as https://example.com/talk.mp3",
  })
  .max(MAX_AUDIO_URL_CHARACTERS)
  .refine(isStorable, NOT_STORABLE)
  .meta({
    description:
      "Where to download the recording from: http or https, a public address, no user name or password. At most five " +
      "redirects are followed, 2 GiB taken",
    example: "https://example.com/talk.mp3",
  });

const instant = z.iso.datetime().meta({ example: "2026-11-22T10:00:00.000Z" });

export const Audio = z
  .object({
    object: z.literal("audio"),
    id: AudioId,
    filename: shownText(MAX_SENTENCE).meta({ example: "talk.mp3" }),
    format: shownText(MAX_WORD).meta({ example: "mp3" }),
    sizeBytes: z
      .int()
      .min(0)
      .max(2 ** 50)
      .meta({ example: 1_048_576 }),
    durationMs: DurationMs.nullable().meta({ description: "null until a task has heard it", example: null }),
    createdAt: instant,
    expiresAt: instant.nullable().meta({
      description: "When it is deleted if no task uses it; null once one does: it then goes with the last of its tasks",
      example: "2026-11-23T10:00:00.000Z",
    }),
  })
  .meta({ id: "Audio", description: "A stored recording" });
export type Audio = z.infer<typeof Audio>;

const AudioIdParams = z.strictObject({ id: AudioId });

export const createAudio = defineEndpoint({
  method: "post",
  path: "/v1/audio",
  operationId: "createAudio",
  summary: "Upload a recording for later",
  description:
    "Takes multipart with one `audio` file (MP3, WAV, FLAC, Ogg, Opus, M4A/AAC, MP4/MOV, WebM/Matroska, AIFF, AMR, CAF, WMA, AVI, MPEG-TS). `POST /v1/tasks` takes its id as " +
    "`audioId`, any number of times. Unused it is deleted 24 hours after the upload, at `expiresAt`.",
  tag: "Audio",
  auth: "bearer",
  scope: "tasks:write",
  multipart: { file: "audio", fields: z.strictObject({}) },
  status: 201,
  response: Audio,
  problems: [
    "request/malformed",
    "request/invalid",
    "request/too-large",
    "request/unsupported-media-type",
    "audio_empty",
    "audio_unreadable",
    "storage/full",
  ],
});

export const getAudio = defineEndpoint({
  method: "get",
  path: "/v1/audio/{id}",
  operationId: "getAudio",
  summary: "One stored recording",
  tag: "Audio",
  auth: "bearer",
  scope: "tasks:read",
  params: AudioIdParams,
  status: 200,
  response: Audio,
  problems: ["request/invalid", "audio/not-found"],
});

export const deleteAudio = defineEndpoint({
  method: "delete",
  path: "/v1/audio/{id}",
  operationId: "deleteAudio",
  summary: "Delete a stored recording that no task uses",
  description: "A recording that tasks use goes with the last of them.",
  tag: "Audio",
  auth: "bearer",
  scope: "tasks:write",
  params: AudioIdParams,
  status: 204,
  problems: ["request/invalid", "audio/not-found", "audio/in-use"],
});

export const AUDIO_ENDPOINTS = [createAudio, getAudio, deleteAudio] as const;
