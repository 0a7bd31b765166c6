import { expect, it } from "vitest";

import { useApiWorld } from "../test-use-world.ts";

const world = useApiWorld();

const UP = [
  "../",
  "..\\",
  "..%2f",
  "%2e%2e/",
  "..%5c",
  "....//",
  "..;/",
  "/../",
  "..\u2215",
  "\u2025/",
  "file:///",
  "~/",
];
const TARGETS = ["etc/passwd", "windows/win.ini", ".ssh/authorized_keys", "proc/self/environ", "a.wav", "x\u0000.wav"];
const ALONE = [
  "/etc/passwd", "C:\\boot.ini", "\\\\host\\share\\a.wav", "CON", "nul.wav", "aux.wav", ".", "..", "...", "-rf", "a".repeat(5000),
  "a\u202egpj.wav", "\ud83d\ude00.wav", "$(id).wav", "`id`.wav", "a;id;.wav", "a|id.wav", "a\nb.wav", "a\r\nb: c.wav", '";x=".wav',
  " .wav", "a.wav/", "a.wav.", "a.wav::$DATA", "%00.wav", "%n%s.wav", "{{7*7}}.wav", "<script>.wav", "con.wav.exe",
]; // prettier-ignore

const NAMES = [...UP.flatMap((up) => TARGETS.map((target) => up.repeat(4) + target)), ...ALONE];

/** By hand: a form's own writer would escape what matters here. */
const formOf = (name: string): Buffer => {
  const head = `--b\r\nContent-Disposition: form-data; name="audio"; filename="${name}"\r\nContent-Type: audio/wav\r\n\r\n`;
  const wav = Buffer.concat([Buffer.from("RIFF\x24\0\0\0WAVEfmt ", "latin1"), Buffer.alloc(64)]);
  return Buffer.concat([Buffer.from(head), wav, Buffer.from("\r\n--b--\r\n")]);
};

it(`${NAMES.length} names of uploads that point elsewhere: each is refused or stored under a name of the server's`, async () => {
  const token = await world.newUser();
  let stored = 0;
  for (const name of NAMES) {
    const answer = await world.request("/v1/tasks", {
      method: "POST",
      token,
      headers: { "content-type": "multipart/form-data; boundary=b" },
      body: new Uint8Array(formOf(name)),
    });
    expect([name, [202, 400, 422].includes(answer.status)]).toEqual([name, true]);
    if (answer.status === 202) stored += 1;
  }
  expect(NAMES.length).toBeGreaterThanOrEqual(100);
  expect(stored).toBeGreaterThan(50);
  const files = await world.files();
  expect(files).toHaveLength(stored);
  for (const file of files) expect(file).toMatch(/^[0-9a-f-]{36}\.wav$/);
  const rows = await world.database.db.audio.findMany();
  expect(rows).toHaveLength(stored);
  for (const { storageKey } of rows) expect(files).toContain(storageKey);
});
