/** The front page of the API, as Markdown: `info.description` of the document. */
export const API_DESCRIPTION = `
Phonoscene turns any recording or text into a storyboard of image prompts: scene by scene, on the audio's own clock.
JSON is camelCase. Times are RFC 3339 in UTC; durations and offsets are whole milliseconds and end in \`Ms\`; sizes end in \`Bytes\`.

## The first task, in three calls

\`\`\`sh
curl -s localhost:3000/v1/auth/register -H 'content-type: application/json' \\
  -d '{"email":"ada@example.com","password":"seven quiet lanterns","name":"Ada"}'

TOKEN=$(curl -s localhost:3000/v1/auth/login -H 'content-type: application/json' \\
  -d '{"email":"ada@example.com","password":"seven quiet lanterns"}' | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')

curl -s 'localhost:3000/v1/tasks' -H "authorization: Bearer $TOKEN" -H 'prefer: wait=30' \\
  -H 'content-type: application/json' -d '{"text":"At dawn she rowed out past the lighthouse."}'
\`\`\`

A recording goes as a form: \`-F audio=@talk.mp3\` in place of the JSON.

## Authentication

Send \`Authorization: Bearer …\` with an access token or an API key. A login gives an access token that lasts for minutes and a refresh
token that is traded for new ones at \`POST /v1/auth/refresh\`; each works once. Programs use API keys (\`ps_…\`), which have scopes:
\`tasks:read\`, \`tasks:write\`. An operation says which scope it needs; one that names none takes no keys. What belongs to somebody
else is answered with 404, as if it were not there.

## Status, polling and waiting

A task is \`queued\`, \`processing\` (then \`stage\` and \`progress\` say how far), and at last \`completed\`, \`failed\` or \`canceled\`.
Poll \`urls.self\` until one of the last three. Or wait: \`Prefer: wait=30\` on a create and \`?wait=30\` on a read hold the answer until the
task is over, 60 seconds at most. A failed task says why in \`error\`: \`code\`, \`message\`, \`stage\` and whether it is \`retryable\`.

## Live progress

\`GET /v1/tasks/{id}/events\` and \`GET /v1/events\` are server-sent events. The first event is the current state; after a break,
\`Last-Event-ID\` goes on where it ended. A comment comes every 15 seconds.

## Idempotency

Every POST that names the \`Idempotency-Key\` header is safe to send again: the same key with the same body within 24 hours gets the
first answer, with \`Idempotent-Replayed: true\`, and makes nothing. While the first is still running the answer is 409; with another body, 422.

## Errors

Every error is \`application/problem+json\` (RFC 9457). \`code\` is for programs, \`detail\` for people, \`type\` is
[a page that explains it](/docs/errors). A request that is not valid is answered with 422 and \`errors\`: one entry a fault, with its \`path\`.
Fields that are not known are an error too. \`X-Request-Id\` is on every answer: name it when you ask for help.

## Lists

\`limit\` (1 to 100), \`cursor\` and, for tasks, \`order\` and filters. Pass \`nextCursor\` on as \`cursor\` while \`hasMore\` is true: what is
made or deleted meanwhile neither repeats nor hides a row. Cursors are opaque.

## Bulk

Up to 10,000 items and 16 MB a call. Atomic unless told otherwise: one item at fault refuses the call, and \`errors\` names each by its
\`index\`. With \`atomic: false\` each item has its own result, in the order given.

## Versions

Rows that can change have a \`version\` and an \`ETag\`. With \`If-Match\`, a change that was based on an older version is refused with 412,
and \`current\` holds the row as it is now.

## Limits

\`RateLimit-Policy\` and \`RateLimit\` say how many requests are allowed and left; a 429 says in \`Retry-After\` when to come back. JSON bodies
are at most 100 kB (2 MB for a new task, 16 MB in bulk) and 10 levels deep, texts 200,000 characters, recordings 10 hours.
`.trim();
