import { randomBytes } from "node:crypto";
import { openAsBlob } from "node:fs";
import path from "node:path";

import { Problem, type ProblemCode, PROBLEMS, type SubtitleFormat, Task, Tokens } from "@phonoscene/contracts";
import { AppError } from "@phonoscene/kernel";

export type ApiClient = {
  createTask(source: TaskSource, options: TaskFields): Promise<Task>;
  createAudioTask(filePath: string, options: TaskFields): Promise<Task>;
  getTask(id: string, include?: string): Promise<Task>;
};

/** What a task is made of, where that is no file of this machine. */
export type TaskSource =
  | { text: string }
  | { audioUrl: string }
  | { transcript: { format: SubtitleFormat; content: string } };

/** Options of a task as the command line gave them; absent ones are left to the service. */
export type TaskFields = Record<string, string | number>;

export type Account = { email: string; password: string };

const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code);

const toAppError = async (response: Response): Promise<AppError> => {
  const body: unknown = await response.json().catch(() => null);
  const problem = Problem.safeParse(body);
  if (!problem.success || !isProblemCode(problem.data.code)) {
    return new AppError("service/internal", { detail: `The service answered ${response.status} to ${response.url}.` });
  }
  return new AppError(problem.data.code, { detail: problem.data.detail });
};

/** @throws AppError with the service's own code and detail, or "service/unavailable" when nobody answers. */
const send = async (url: string, init: RequestInit): Promise<unknown> => {
  const response = await fetch(url, init).catch((cause: unknown) => {
    const detail = `No service answers at ${new URL(url).origin}. Start one with \`npx pnpm start\`, or correct PHONOSCENE_URL.`;
    throw new AppError("service/unavailable", { detail }, { cause });
  });
  if (!response.ok) throw await toAppError(response);
  return response.json();
};

const postJson = (url: string, body: object, headers: Record<string, string> = {}): Promise<unknown> =>
  send(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

export const newAccount = (): Account => ({
  email: `local-${randomBytes(6).toString("hex")}@phonoscene.example`,
  password: randomBytes(18).toString("base64url"),
});

export const registerAccount = async (url: string, { email, password }: Account): Promise<void> => {
  await postJson(`${url}/v1/auth/register`, { email, password, name: "Local user" });
};

/** Resolves to an access token. */
export const logIn = async (url: string, account: Account): Promise<string> =>
  Tokens.parse(await postJson(`${url}/v1/auth/login`, account)).accessToken;

export type ApiClientOptions = {
  url: string;
  /** Asked for once, and again when a long wait outlives the token. */
  getToken(): Promise<string>;
};

export const createApiClient = async ({ url, getToken }: ApiClientOptions): Promise<ApiClient> => {
  let token = await getToken();
  const authorized = async (request: (headers: Record<string, string>) => Promise<unknown>): Promise<Task> => {
    try {
      return Task.parse(await request({ authorization: `Bearer ${token}` }));
    } catch (error) {
      if (!(error instanceof AppError && error.code === "auth/invalid-token")) throw error;
      token = await getToken();
      return Task.parse(await request({ authorization: `Bearer ${token}` }));
    }
  };
  return {
    createTask: (source, options) =>
      authorized((headers) => postJson(`${url}/v1/tasks`, { ...source, ...options }, headers)),
    createAudioTask: async (filePath, options) => {
      const blob = await openAsBlob(filePath);
      return authorized((headers) => {
        const form = new FormData();
        for (const [name, value] of Object.entries(options)) form.set(name, String(value));
        form.set("audio", blob, path.basename(filePath));
        return send(`${url}/v1/tasks`, { method: "POST", headers, body: form });
      });
    },
    getTask: (id, include) =>
      authorized((headers) =>
        send(`${url}/v1/tasks/${id}${include === undefined ? "" : `?include=${include}`}`, { headers }),
      ),
  };
};
