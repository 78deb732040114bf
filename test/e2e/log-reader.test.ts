import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { closeSync, constants, mkdirSync, openSync, readSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { engineEnvironment } from "../../appliance/run/engine-options.ts";
import { until } from "../eventually.ts";
import { executable, Gateway } from "./gateway.ts";

setDefaultTimeout(60_000);

let ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

/** A gateway whose outputs are one pipe that is read only by `read`. Its lines about SIGHUP are long: they hold a long path. */
async function startedUnread() {
  const gateway = new Gateway({});
  ends.push(() => gateway.remove());
  const folder = join(gateway.directory, ...Array<string>(12).fill("f".repeat(200)));
  mkdirSync(folder, { recursive: true });
  const config = join(folder, "gateway.toml");
  renameSync(gateway.configFile, config);
  const pipe = join(gateway.directory, "log");
  Bun.spawnSync(["mkfifo", pipe]);
  // Open for reading too, so that the gateway's end does not wait for a reader.
  const fd = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
  const child = Bun.spawn(
    ["bash", "-c", `exec "$@" > ${pipe} 2>&1`, "bash", executable(), "run", "--config", config, "--data", gateway.data],
    { env: { ...process.env, ...engineEnvironment({ limitMiB: 0 }) }, stdin: "ignore" },
  );
  ends.push(() => {
    child.kill("SIGKILL");
    closeSync(fd);
    rmSync(pipe, { force: true });
  });
  let log = "";
  const buffer = Buffer.alloc(65_536);
  const read = (): string => {
    try {
      for (let count = 1; count > 0; ) log += buffer.toString("utf8", 0, (count = readSync(fd, buffer)));
    } catch {
      // Nothing is in it now.
    }
    return log;
  };
  await until("the log", () => read().includes("sallyport: ready"));
  const from = performance.now();
  child.kill("SIGHUP");
  await until("a reload", () => read().includes("SIGHUP: "));
  return { child, read, reloadMs: performance.now() - from };
}

const HANG_UPS = 250;

/** More lines than the pipe and the gateway's own memory of waiting lines take, `reloadMs` apart: signals during a reload are one. */
async function flood(pid: number, reloadMs: number): Promise<void> {
  for (let i = 0; i < HANG_UPS; i++) {
    process.kill(pid, "SIGHUP");
    await Bun.sleep(Math.min(Math.max(4, reloadMs), 80));
  }
}

test("a log whose reader stands still stops nothing: the stop works", async () => {
  const { child, read, reloadMs } = await startedUnread();
  await flood(child.pid, reloadMs);
  const from = performance.now();
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
  expect(performance.now() - from).toBeLessThan(8_000);
  expect(read()).not.toContain("SIGTERM");
});

test("lines that were lost are counted when the reader reads on", async () => {
  const { child, read, reloadMs } = await startedUnread();
  await flood(child.pid, reloadMs);
  await until("the log", () => / of the log lost since /.test(read()));
  child.kill("SIGTERM");
  await until("the end", () => {
    read();
    return child.exitCode !== null;
  });
  expect(child.exitCode).toBe(0);
  const log = read();
  const [, lost = ""] = /WARN {2}log: (\S+) lines? of the log lost since \S+Z: their reader did not read on\n/.exec(
    log,
  )!;
  const shown = log.match(/SIGHUP: \S+ \(SHA-256 /g)!.length;
  expect(Number(lost.replace(",", ""))).toBeGreaterThan(0);
  // Signals in one moment are one; a few lines of other things may be lost, too.
  expect(shown + Number(lost.replace(",", ""))).toBeWithin(HANG_UPS / 2, HANG_UPS + 10);
  expect(log).toContain("SIGTERM: stopping");
});
