import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PATIENCE_MS } from "../eventually.ts";
import { configOf, executable, freePort, Gateway, temporary } from "./gateway.ts";

setDefaultTimeout(60_000);

const ROOT = join(import.meta.dir, "../..");

let children: Bun.Subprocess[] = [];
let directory = "";

afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await Promise.all(children.map((child) => child.exited));
  children = [];
  if (directory !== "") rmSync(directory, { recursive: true });
  directory = "";
});

function start(command: string[], options: { argv0?: string; env?: Record<string, string | undefined> } = {}): number {
  const child = Bun.spawn(command, { cwd: ROOT, stdin: "pipe", stdout: "ignore", stderr: "ignore", ...options });
  children.push(child);
  return child.pid;
}

function name(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
}

function words(pid: number): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
}

/** Waits until a process has its name; then ps -C, pgrep and ss find it. */
async function named(pid: number): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  while (name(pid) !== "sallyport" && Date.now() < until) await Bun.sleep(10);
  expect(name(pid)).toBe("sallyport");
}

test("a gateway that runs", async () => {
  const gateway = new Gateway();
  try {
    await gateway.start();
    expect(name(gateway.pid)).toBe("sallyport");
    expect(words(gateway.pid)[0]).toEndWith("sallyport");
  } finally {
    await gateway.remove();
  }
});

test("a gateway that has started itself anew with other options of the engine", async () => {
  directory = temporary();
  const config = join(directory, "gateway.toml");
  writeFileSync(config, configOf({ clientPort: freePort(), venuePort: freePort() }));
  const env = { ...process.env, BUN_GC_TIMER_DISABLE: undefined };
  const pid = start([executable(), "run", "--config", config, "--data", `${config}.data`], { env });
  const until = Date.now() + PATIENCE_MS;
  const environment = () => readFileSync(`/proc/${pid}/environ`, "utf8");
  while (!environment().includes("BUN_GC_TIMER_DISABLE=1") && Date.now() < until) await Bun.sleep(10);
  await named(pid);
  expect(words(pid)[0]).toEndWith("sallyport");
});

test("a command of the executable under another name of its file, as Sallyport starts its own children", async () => {
  const parent = start([executable(), "hash-password"]);
  const pid = start([`/proc/${parent}/exe`, "hash-password"], { argv0: "sallyport" });
  await named(pid);
  expect(words(pid)).toEqual(["sallyport", "hash-password"]);
});

test("a command that runs from source, as npm start does", async () => {
  const parent = start(["node", "appliance/bun.mjs", "appliance/main.ts", "hash-password"]);
  const until = Date.now() + PATIENCE_MS;
  const childOf = () => readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim();
  while (childOf() === "" && Date.now() < until) await Bun.sleep(10);
  const pid = Number(childOf());
  await named(pid);
  expect(words(pid)).toEqual(["sallyport", "appliance/main.ts", "hash-password"]);
});
