import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, sallyport } from "../sallyport.ts";

const DIR = mkdtempSync(join(tmpdir(), "sallyport-check-"));
afterAll(() => rmSync(DIR, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(DIR, name);
  writeFileSync(path, text);
  return path;
}

const example = await Bun.file(join(ROOT, "appliance/gateway.toml")).text();

test("a good file: exit code 0, and the plan with lanes and sizes", () => {
  const path = file("wide.toml", example.replace('preset = "one"', 'preset = "wide"\ncpus = [0, 1]\nfifoPriority = 9'));
  const ended = sallyport("check", "--config", path);
  expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
  const lines = ended.stdout.split("\n");
  expect(lines[0]).toBe(`${path}: no problems`);
  expect(lines).toContain("lanes (wide)");
  expect(lines).toContain("  0  client0 on CPU 0, idle auto, SCHED_FIFO 9");
  expect(lines).toContain("  3  keeper on an isolated CPU, or any, idle auto, SCHED_FIFO 9");
  expect(lines).toContain("  venue     SIM (EXCHANGE) at 127.0.0.1:9101");
  expect(lines).toContain("  orders 1,048,576, symbols 4, accounts 1, client sessions 1");
  expect(lines).toContain("  3 streams (core client0 venue0) of 32 MiB segments, in ./sallyport-data");
  expect(lines).toContain("  older than 24 hours: in archive/, deleted after 365 days, and the oldest beyond 16 GiB");
  expect(ended.stdout).toMatch(/^ {2}about [0-9.]+ MiB in all when it is ready$/m);
});

test("a bad file: exit code 1, and every problem by path", () => {
  const path = file(
    "bad.toml",
    example.replace("\nmaxOrderQty = 10_000", "\nmaxOrderQty = 0").replace('default = "SIM"', 'default = "SIN"'),
  );
  expect(sallyport("check", "--config", path)).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: [
      "risk.accounts.ACC1.maxOrderQty: expected a number above 0 up to 92,000,000,000 with at most 8 decimals, got 0",
      'routing.default: expected the name of a venue in venues, got "SIN"; did you mean "SIM"?',
      "",
    ].join("\n"),
  });
});

test("more orders than the memory that lanes share can hold: exit code 1, and both sizes", () => {
  const path = file(
    "large.toml",
    example.replace("# maxOrders = 1048576", "maxOrders = 6_000_000").replace("# bufferMiB = 16 ", "bufferMiB = 64"),
  );
  expect(sallyport("check", "--config", path)).toMatchObject({
    exitCode: 1,
    stdout: "",
    stderr: expect.stringMatching(
      /^core\.maxOrders: expected at most 4,096 MiB of memory that lanes share, got [\d,]+ MiB, of which orders take [\d,]+ MiB\n$/,
    ),
  });
});

test("no TOML: exit code 1, and the line", () => {
  const path = file("broken.toml", example.replace("[venues.SIM]", "[venues.SIM"));
  const line = example.slice(0, example.indexOf("[venues.SIM]")).split("\n").length;
  expect(sallyport("check", "--config", path)).toMatchObject({
    exitCode: 1,
    stderr: `${path}:${line}: not TOML: Expected ']' to close a table header but found the end of the line\n`,
  });
});

test("no file: exit code 1, and what to do", () => {
  const path = join(DIR, "absent.toml");
  expect(sallyport("check", "--config", path)).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: `${path}: cannot be read: ENOENT (no such file; \`sallyport example\` prints one to start from)\n`,
  });
  expect(sallyport("check", "--config", DIR).stderr).toBe(
    `${DIR}: cannot be read: EISDIR (is a directory; expected a TOML file)\n`,
  );
});
