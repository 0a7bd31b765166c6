import { rm } from "node:fs/promises";

import { AppError, newId } from "@phonoscene/kernel";
import type { Request, Response } from "express";
import multer from "multer";

import type { UploadedFile } from "./endpoint.ts";

export type ReceiveUpload = (
  request: Request,
  response: Response,
  field: string,
) => Promise<{ file: UploadedFile; fields: Record<string, unknown>; discard(): Promise<void> }>;

/** As a JSON body: a transcript of some hours is one field. */
const MAX_FIELD_BYTES = 2_000_000;

const MAX_NAME_CHARACTERS = 255;

/** Without what the database cannot hold: NUL characters and halves of surrogate pairs, as cutting can leave them. */
const toStoredName = (name: string): string => name.slice(0, MAX_NAME_CHARACTERS).replaceAll(/[\0\p{Cs}]/gu, "\ufffd");

const toAppError = (error: unknown, maxFileBytes: number): unknown => {
  if (error instanceof multer.MulterError) {
    const at = error.field === undefined ? "" : ` (field "${error.field}")`;
    if (error.code === "LIMIT_FILE_SIZE") {
      return new AppError(
        "request/too-large",
        { detail: `The file is larger than ${maxFileBytes} bytes.` },
        { cause: error },
      );
    }
    return new AppError(
      "request/invalid",
      { detail: `The form is not valid: ${error.message}${at}.` },
      { cause: error },
    );
  }
  if (error instanceof Error && "code" in error && error.code === "ENOSPC") {
    return new AppError(
      "storage/full",
      { detail: "There is no room left for the recording; try again later." },
      { cause: error },
    );
  }
  if (error instanceof Error && /boundary|multipart|malformed part|unexpected end of form/i.test(error.message)) {
    return new AppError(
      "request/malformed",
      { detail: `The form could not be read: ${error.message}.` },
      { cause: error },
    );
  }
  return error;
};

/**
 * Streams one file of a form to `incomingDir` under a name of our own; the caller's name is only ever text.
 * `discard` removes it, unless it was moved away by then.
 */
export const createUploadReceiver = (options: { incomingDir: string; maxFileBytes: number }): ReceiveUpload => {
  const storage = multer.diskStorage({
    destination: options.incomingDir,
    filename: (_request, _file, done) => done(null, newId()),
  });
  const limits = {
    fileSize: options.maxFileBytes,
    files: 1,
    fields: 20,
    parts: 25,
    fieldSize: MAX_FIELD_BYTES,
    fieldNameSize: 100,
  };

  return async (request, response, field) => {
    const handle = multer({ storage, limits, defParamCharset: "utf8" }).single(field);
    await new Promise<void>((resolve, reject) => {
      handle(request, response, (error: unknown) => {
        if (error === undefined || error === null) resolve();
        else reject(toAppError(error, options.maxFileBytes));
      });
    });
    const { file } = request;
    if (file === undefined) {
      const detail = `The form has no file in the field "${field}".`;
      throw new AppError("request/invalid", {
        detail,
        errors: [{ path: `body.${field}`, code: "required", message: detail }],
      });
    }
    return {
      file: { path: file.path, filename: toStoredName(file.originalname), sizeBytes: file.size },
      fields: { ...request.body },
      discard: () => rm(file.path, { force: true }),
    };
  };
};
