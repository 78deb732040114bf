import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { versionText } from "../../../appliance/commands/version.ts";
import { dropAbsentCpus, killLine } from "../../../appliance/run/run.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { keptLog } from "../../log.ts";
import { ROOT, sallyport } from "../sallyport.ts";

const DIR = mkdtempSync(join(tmpdir(), "sallyport-run-"));
afterAll(() => rmSync(DIR, { recursive: true }));

const example = await Bun.file(join(ROOT, "appliance/gateway.toml")).text();

test("a configuration with problems: one line that names the first, exit code 1", () => {
  const path = join(DIR, "bad.toml");
  writeFileSync(
    path,
    example.replace("\nmaxOrderQty = 10_000", "\nmaxOrderQty = 0").replace('default = "SIM"', 'default = "X"'),
  );
  expect(sallyport("run", "--config", path)).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: `sallyport: risk.accounts.ACC1.maxOrderQty: expected a number above 0 up to 92,000,000,000 with at most 8 decimals, got 0 (and 1 more: sallyport check --config ${path})\n`,
  });
});

test("a CPU that is not there is a warning, and the lane runs without", () => {
  const { config } = loadConfig(example.replace('preset = "one"', 'preset = "two"\ncpus = [0, 99]'), "gateway.toml");
  const lines: string[] = [];
  dropAbsentCpus(config!, [0, 1], keptLog(lines));
  expect(lines).toEqual(["warning: gateway: CPU 99 for keeper is not there: the lane runs unpinned"]);
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

function start(name: string, listen: string, ...more: string[]) {
  const path = join(DIR, `${name}.toml`);
  writeFileSync(path, config(listen));
  const words = [join(ROOT, "appliance/main.ts"), "run", "--config", path, "--data", join(DIR, name), ...more];
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
  const engaged = "WARN  kill switch: engaged (SIGUSR1): new orders and replaces are refused, cancels pass";
  expect(await until(child.stderr, engaged)).toContain(engaged);
  child.kill("SIGUSR2");
  const released = "WARN  kill switch: released (SIGUSR2)";
  expect(await until(child.stderr, released)).toContain(released);
  child.kill("SIGTERM");
  const stopping = "INFO  gateway: SIGTERM: stopping; a second signal ends the process at once";
  expect(await until(child.stderr, stopping)).toContain(stopping);
  expect(await child.exited).toBe(0);
});

test.each([
  ["SIGUSR1", true, "", "warning", "engaged (SIGUSR1): new orders and replaces are refused, cancels pass"],
  [
    "SIGUSR1",
    false,
    "",
    "warning",
    "engaged (SIGUSR1), as it was before: new orders and replaces are refused, cancels pass",
  ],
  ["SIGUSR2", true, "", "warning", "released (SIGUSR2)"],
  ["SIGUSR2", false, "", "warning", "released (SIGUSR2), as it was before"],
  ["SIGUSR1", false, "the ring is full", "alarm", "NOT engaged (SIGUSR1): the ring is full"],
  ["SIGUSR2", false, "no answer", "alarm", "NOT released (SIGUSR2): no answer"],
] as const)("%s (changed: %p, refused: %p) is logged", (name, changed, reason, level, what) => {
  const outcome = { applied: reason === "", changed, value: 0, reason, result: 0 };
  expect(killLine({ name, on: name === "SIGUSR1" }, outcome)).toEqual({ level, what });
});

test("the log says what runs, where it listens, whom it serves and how the kill switch is", async () => {
  const child = start("lines", "127.0.0.1:0");
  await until(child.stdout, "sallyport: ready");
  child.kill("SIGUSR1");
  const log = await until(
    child.stderr,
    "kill switch: engaged (SIGUSR1): new orders and replaces are refused, cancels pass",
  );
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
  for (const line of log.trimEnd().split("\n"))
    expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (?:INFO |WARN ) [\w -]+: \S/);
  expect(log).toContain(
    `INFO  gateway: ${versionText()}; configuration ${join(DIR, "lines.toml")}; data ${join(DIR, "lines")}\n`,
  );
  expect(log).toMatch(/INFO {2}client side: listens on 127\.0\.0\.1:[1-9]\d+\n/);
  expect(log).toContain("INFO  client side: 1 session: CLIENT (FIX.4.4; ACC1)\n");
  expect(log).toContain("INFO  venue side: 1 venue: SIM (FIX.4.4; 127.0.0.1:1)\n");
  expect(log).toContain("INFO  limits: 1 account: ACC1\n");
  expect(log).toMatch(/INFO {2}limits: \d+ symbols: AAPL, .*\n/);
  expect(log).toContain("INFO  kill switch: not engaged\n");
  expect(log).toMatch(
    /INFO {2}gateway: ready: 0 of 1 client sessions on, 0 of 1 venues up;(?: venue SIM can't be reached .*;)? 2 lanes\n/,
  );

  const again = start("lines", "127.0.0.1:0", "--log-format", "json");
  const [said] = (await until(again.stdout, '"ready"}')).split("\n");
  expect(JSON.parse(said!)).toEqual({ time: expect.any(String), level: "info", who: "gateway", what: "ready" });
  again.kill("SIGTERM");
  expect(await again.exited).toBe(0);
  const lines = (await new Response(again.stderr).text()).trimEnd().split("\n");
  const killSwitch = lines.map((line) => JSON.parse(line)).find(({ who }) => who === "kill switch");
  expect(killSwitch).toMatchObject({
    level: "warning",
    what: expect.stringMatching(/^ENGAGED before this start since \S+Z: new orders/),
  });
});

test("under journald lines begin with their priority, and nothing else is written", async () => {
  const child = start("priorities", "127.0.0.1:0", "--log-format", "journald");
  expect(await until(child.stderr, "2 lanes")).toMatch(/^(?:<[46]>[\w -]+: \S.*\n)+$/);
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
  expect(await new Response(child.stdout).text()).toBe("");
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
