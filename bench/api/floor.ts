/*
 * What the API is measured against: the shortest program that answers the same requests with the same JSON, from the same
 * database. Express and `pg`, hand-written SQL, no checks: it believes the header that says who asks, and every body.
 */
import { randomUUID } from "node:crypto";

import express, { type Request } from "express";
import pg from "pg";

import { changeTasks, createTask, createTasks, deleteTasks, FIND, LIST, toView } from "./floor-sql.ts";

const pool = new pg.Pool({ connectionString: process.env["DATABASE_URL"], max: 10 });
const app = express();
app.disable("x-powered-by");
app.disable("etag");
app.use(express.json({ limit: "16mb" }));

const callerOf = (request: Request): string => request.get("x-user") ?? "";

app.get("/v1/tasks", async (request, response) => {
  const limit = Number(request.query["limit"]);
  const { rows } = await pool.query(LIST, [callerOf(request), limit + 1]);
  const page = rows.slice(0, limit);
  const hasMore = rows.length > limit;
  const last = page.at(-1);
  const nextCursor = hasMore ? Buffer.from(`${last.created_at.toISOString()} ${last.id}`).toString("base64url") : null;
  response.json({ object: "list", data: page.map(toView), hasMore, nextCursor });
});

app.get("/v1/tasks/:id", async (request, response) => {
  const { rows } = await pool.query(FIND, [callerOf(request), request.params.id]);
  response.json(toView(rows[0]));
});

app.post("/v1/tasks", async (request, response) => {
  const { text, name } = request.body;
  const row = await createTask(pool, { id: randomUUID(), userId: callerOf(request), text, name });
  response.status(202).json(toView(row));
});

app.post("/v1/tasks/bulk", async (request, response) => {
  response.json(await createTasks(pool, callerOf(request), request.body.items));
});

app.patch("/v1/tasks/bulk", async (request, response) => {
  response.json(await changeTasks(pool, callerOf(request), request.body.items));
});

app.post("/v1/tasks/bulk/delete", async (request, response) => {
  response.json(await deleteTasks(pool, callerOf(request), request.body.ids));
});

const server = app.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.send?.({ ready: true, port: typeof address === "object" && address !== null ? address.port : 0 });
});
process.once("SIGTERM", () => process.exit(0));
