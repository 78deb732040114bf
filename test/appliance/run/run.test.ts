import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dropAbsentCpus, killText } from "../../../appliance/run/run.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { ROOT, sallyport } from "../sallyport.ts";

const DIR = mkdtempSync(join(tmpdir(), "sallyport-run-"));
afterAll(() => rmSync(DIR, { recursive: true }));

const example = await Bun.file(join(ROOT, "appliance/gateway.toml")).text();

test("a configuration with problems: one line that names the first, exit code 1", () => {
  const path = join(DIR, "bad.toml");
  writeFileSync(
    path,
    example.replace("maxOrderQty = 10_000", "maxOrderQty = 0").replace('default = "SIM"', 'default = "X"'),
  );
  expect(sallyport("run", "--config", path)).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: `sallyport: risk.accounts.ACC1.maxOrderQty: expected a whole number from 1 to 1,000,000,000, got 0 (and 1 more: sallyport check --config ${path})\n`,
  });
});

test("a CPU that is not there is a warning, and the lane runs without", () => {
  const { config } = loadConfig(example.replace('preset = "one"', 'preset = "two"\ncpus = [0, 99]'), "gateway.toml");
  const lines: string[] = [];
  dropAbsentCpus(config!, [0, 1], (line) => lines.push(line));
  expect(lines).toEqual(["warning: CPU 99 for keeper is not there: the lane runs unpinned"]);
  expect(config!.lanes.place.map(({ cpu }) => cpu)).toEqual([0, null]);
});

/** A gateway that takes a free port, whose venue is never there. */
function config(listen: string): string {
  return example
    .replace('listen = "127.0.0.1:9001"', `listen = "${listen}"`)
    .replace('address = "127.0.0.1:9101"', 'address = "127.0.0.1:1"')
    .replace(/^\[exchange\][\s\S]*/m, "")
    .replace("# maxOrders = 1048576", "maxOrders = 8192")
    .replace("# segmentMiB = 32", "segmentMiB = 1");
}

function start(name: string, listen: string) {
  const path = join(DIR, `${name}.toml`);
  writeFileSync(path, config(listen));
  const words = [join(ROOT, "appliance/main.ts"), "run", "--config", path, "--data", join(DIR, name)];
  return Bun.spawn([process.execPath, ...words], { cwd: DIR, stdout: "pipe", stderr: "pipe", timeout: 50_000 });
}

/** Reads until a line is there; the text so far where the stream ends before. */
async function until(stream: ReadableStream<Uint8Array>, line: string): Promise<string> {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let text = "";
  while (!text.includes(`${line}\n`)) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value);
  }
  reader.releaseLock();
  return text;
}

test("ready is said once; the kill switch follows its signals; SIGTERM ends it in order", async () => {
  const child = start("signals", "127.0.0.1:0");
  expect(await until(child.stdout, "sallyport: ready")).toBe("sallyport: ready\n");
  child.kill("SIGUSR1");
  const engaged = "sallyport: kill switch engaged (SIGUSR1): new orders are refused, cancels pass";
  expect(await until(child.stderr, engaged)).toContain(engaged);
  child.kill("SIGUSR2");
  const released = "sallyport: kill switch released (SIGUSR2)";
  expect(await until(child.stderr, released)).toContain(released);
  child.kill("SIGTERM");
  const stopping = "sallyport: SIGTERM: stopping; once more ends it at once";
  expect(await until(child.stderr, stopping)).toContain(stopping);
  expect(await child.exited).toBe(0);
});

test.each([
  ["SIGUSR1", true, "", "kill switch engaged (SIGUSR1): new orders are refused, cancels pass"],
  ["SIGUSR1", false, "", "kill switch engaged (SIGUSR1), as it was before: new orders are refused, cancels pass"],
  ["SIGUSR2", true, "", "kill switch released (SIGUSR2)"],
  ["SIGUSR2", false, "", "kill switch released (SIGUSR2), as it was before"],
  ["SIGUSR1", false, "the ring is full", "alarm: kill switch NOT engaged (SIGUSR1): the ring is full"],
  ["SIGUSR2", false, "no answer", "alarm: kill switch NOT released (SIGUSR2): no answer"],
] as const)("%s (changed: %p, refused: %p) is logged", (name, changed, reason, line) => {
  const outcome = { applied: reason === "", changed, value: 0, reason };
  expect(killText({ name, on: name === "SIGUSR1" }, outcome)).toBe(line);
});

test("a port that is taken: one line that says so, exit code 1", async () => {
  const holder = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const child = start("port", `127.0.0.1:${holder.port}`);
  expect(await child.exited).toBe(1);
  const lines = (await new Response(child.stderr).text()).trimEnd().split("\n");
  expect(lines.at(-1)).toMatch(new RegExp(`^sallyport: .*127\\.0\\.0\\.1:${holder.port}: EADDRINUSE \\(.+\\)$`));
  expect(await new Response(child.stdout).text()).toBe("");
  holder.stop(true);
});

test.each(["BUN_JSC_useJIT", "BUN_JSC_useDFGJIT"])("with %s=0 the gateway says so and does not start", (name) => {
  const child = Bun.spawnSync(
    [process.execPath, join(ROOT, "appliance/main.ts"), "run", "--config", join(ROOT, "appliance/gateway.toml")],
    { cwd: DIR, env: { ...process.env, [name]: "0" }, timeout: 50_000 },
  );
  expect(child.stderr.toString()).toBe(`sallyport: ${name}=0 turns the JIT compiler off: unset it\n`);
  expect(child.exitCode).toBe(1);
});
