import {
  type Audio,
  createAudio as createContract,
  deleteAudio as deleteContract,
  getAudio,
} from "@phonoscene/contracts";
import { type AudioRow, createAudio, type Database, deleteAudio, findAudio } from "@phonoscene/db";
import { AppError } from "@phonoscene/kernel";
import type { Relay } from "@phonoscene/queue";
import type { AudioStorage } from "@phonoscene/storage";

import { endpoint, type Route } from "../../http/endpoint.ts";
import { storeUpload } from "./store-upload.ts";

type Dependencies = { database: Database; storage: AudioStorage; relay: Pick<Relay, "wake"> };

const toAudioView = ({ id, filename, format, sizeBytes, durationMs, createdAt, expiresAt }: AudioRow): Audio => ({
  object: "audio",
  id,
  filename,
  format,
  sizeBytes: Number(sizeBytes),
  durationMs,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt?.toISOString() ?? null,
});

const audioNotFound = (): AppError =>
  new AppError("audio/not-found", {
    detail: "There is no such audio among yours: it was never there, it was deleted, or nothing used it for 24 hours.",
  });

export const audioRoutes = ({ database: { db }, storage, relay }: Dependencies): Route[] => [
  endpoint(createContract, async ({ user, upload, requestToken: id, setHeader }) => {
    if (upload === null) throw new Error("the contract takes nothing but multipart");
    const row = await storeUpload(storage, upload.file, {
      write: (audio) => createAudio(db, { id, userId: user.id }, audio),
      audioOf: (made) => made,
    });
    setHeader("Location", `/v1/audio/${row.id}`);
    return toAudioView(row);
  }),

  endpoint(getAudio, async ({ user, params }) => {
    const row = await findAudio(db, { id: params.id, userId: user.id });
    if (row === null) throw audioNotFound();
    return toAudioView(row);
  }),

  endpoint(deleteContract, async ({ user, params }) => {
    const outcome = await deleteAudio(db, { id: params.id, userId: user.id });
    if (outcome === "not-found") throw audioNotFound();
    if (outcome === "in-use") {
      const detail = "A task uses the audio: delete its tasks, and it goes with the last of them.";
      throw new AppError("audio/in-use", { detail });
    }
    relay.wake();
    return undefined;
  }),
];
