import type pg from "pg";
import { z } from "zod";

const ACCOUNT = { email: "chaos@example.org", password: "nine purple lanterns drift", name: "Ada" };
const Login = z.object({ accessToken: z.string() });
const Key = z.object({ key: z.string() });

const post = async (url: string, body: object, token?: string): Promise<unknown> => {
  const headers = {
    "content-type": "application/json",
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`POST ${new URL(url).pathname} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
};

export const logIn = async (apiUrl: string): Promise<string> => {
  const { email, password } = ACCOUNT;
  return Login.parse(await post(`${apiUrl}/v1/auth/login`, { email, password })).accessToken;
};

/** Registers the row's one user, an admin. Resolves to an API key, which outlives every row. */
export const makeAccount = async (apiUrl: string, client: pg.Pool): Promise<string> => {
  await post(`${apiUrl}/v1/auth/register`, ACCOUNT);
  await client.query("UPDATE users SET role = 'admin'");
  const body = { name: "chaos", scopes: ["tasks:read", "tasks:write"] };
  return Key.parse(await post(`${apiUrl}/v1/api-keys`, body, await logIn(apiUrl))).key;
};
