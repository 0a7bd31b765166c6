import { PROBLEMS, type ProblemCode } from "@phonoscene/contracts";

type Row = { code: string; status: number; title: string; retryable: boolean | null };

const rowOf = (code: ProblemCode): Row => {
  const problem = PROBLEMS[code];
  return { code, ...problem, retryable: "retryable" in problem ? problem.retryable : null };
};

// The table of problems names no key that is not one.
const ROWS = (Object.keys(PROBLEMS) as ProblemCode[]).map(rowOf);

const cells = ({ code, status, title, retryable }: Row): string =>
  `<td><a href="#${code}"><code>${code}</code></a></td><td>${status}</td><td>${title}</td>` +
  (retryable === null ? "" : `<td>${retryable ? "yes" : "no"}</td>`);

const table = (heads: readonly string[], rows: readonly Row[]): string => `<table>
<thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join("")}</tr></thead>
<tbody>
${rows.map((row) => `<tr id="${row.code}">${cells(row)}</tr>`).join("\n")}
</tbody></table>`;

/** The page that every problem's `type` points to; each code is an anchor. */
export const errorsPage = (): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Phonoscene: errors</title>
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/assets/docs.css">
</head>
<body>
<header class="bar"><a class="brand" href="/docs/">Phonoscene<small>API</small></a>
<nav><a href="/docs/">Reference</a><a href="/openapi.json">openapi.json</a></nav></header>
<main class="errors">
<h1>Errors</h1>
<h2>Of a request</h2>
<p>The answer is <code>application/problem+json</code> (RFC 9457): <code>code</code> is one of these, <code>detail</code> says what was wrong
with this request, and <code>requestId</code> finds it in the log.</p>
${table(
  ["Code", "Status", "Meaning"],
  ROWS.filter(({ retryable }) => retryable === null),
)}
<h2>Of a task</h2>
<p>A task that failed has one of these in <code>error.code</code>; the status is that of the same problem met in a request. Where
it is retryable, the same input may succeed later.</p>
${table(
  ["Code", "Status", "Meaning", "Retryable"],
  ROWS.filter(({ retryable }) => retryable !== null),
)}
</main>
</body>
</html>
`;
