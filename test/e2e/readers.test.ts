import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { freePort, Gateway } from "./gateway.ts";

// Whoever asks and goes away leaves nothing behind: no process that reads for it, no stream, no place.

setDefaultTimeout(60_000);

const TOKEN = "of-a-screen";
const port = freePort();
const gateway = new Gateway({
  tables: `[admin]
maxConnections = 8
listen = "127.0.0.1:${port}"
[admin.tokens.screen]
hash = "sha256:${createHash("sha256").update(TOKEN).digest("hex")}"
role = "view"`,
});

beforeAll(() => gateway.start());
afterAll(() => gateway.remove());

/** Processes that the gateway has started and that still run. */
function children(): number[] {
  const task = `/proc/${gateway.pid}/task`;
  return readdirSync(task).flatMap((thread) => {
    try {
      return readFileSync(`${task}/${thread}/children`, "latin1").trim().split(" ").filter(Boolean).map(Number);
    } catch {
      // The thread has ended.
      return [];
    }
  });
}

const UNIX = (path: string, signal: AbortSignal) =>
  fetch(`http://localhost${path}`, { unix: join(gateway.data, "admin.sock"), keepalive: false, signal });
const LOOPBACK = (path: string, signal: AbortSignal) =>
  fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { authorization: `Bearer ${TOKEN}` },
    keepalive: false,
    signal,
  });

describe.each([
  ["the unix socket", UNIX],
  ["a loopback address", LOOPBACK],
] as const)("on %s", (_, open) => {
  test("the process that follows the journal ends with its listener", async () => {
    const gone = new AbortController();
    const response = await open("/v1/journal/stream", gone.signal);
    await until("a process", () => children().length === 1);
    await ask(gateway, "POST", "/v1/notes", { why: "for the listener" });
    const reader = response.body!.getReader();
    let got = "";
    while (!got.includes("for the listener")) got += new TextDecoder().decode((await reader.read()).value);
    gone.abort();
    await until("its end", () => children().length === 0);
  });

  test.each(["/v1/journal?limit=1000", "/v1/orders/1/timeline", "/v1/reports/orders"])(
    "who asks for %s and goes away has no process at work, and none in the line",
    async (path) => {
      const all = Array.from({ length: 4 }, () => new AbortController());
      const asked = all.map(({ signal }) =>
        open(path, signal).then(
          (response) => response.status,
          (error: Error) => error.name,
        ),
      );
      await until("a process", () => children().length > 0);
      for (const one of all) one.abort();
      expect(await Promise.all(asked)).toEqual(all.map(() => "AbortError"));
      await until("no process", () => children().length === 0);
      expect((await ask(gateway, "GET", "/v1/journal?limit=1")).status).toBe(200);
    },
  );

  test("listeners of events that have gone leave their places", async () => {
    for (let round = 0; round < 12; round++) {
      const all = await Promise.all(
        Array.from({ length: 3 }, async () => {
          const gone = new AbortController();
          const response = await open("/v1/events", gone.signal);
          expect(response.status).toBe(200);
          await response.body!.getReader().read();
          return gone;
        }),
      );
      for (const one of all) one.abort();
      await until("free places", async () => (await ask(gateway, "GET", "/v1/health")).status === 200);
    }
    // The 36 would have been too many.
    const gone = new AbortController();
    expect((await open("/v1/events", gone.signal)).status).toBe(200);
    gone.abort();
  });
});

/** A connection; resolves with what it was told when it is closed at once, or with "" when it is kept. */
async function knock(to: { port: number } | { path: string }, held: Socket[]): Promise<() => string> {
  const socket = connect(to as { path: string });
  held.push(socket);
  let got = "";
  const closed = new Promise<void>((resolve) => {
    socket.on("data", (chunk) => {
      got += chunk;
    });
    socket.on("error", () => resolve());
    socket.on("end", () => resolve());
  });
  await Promise.race([closed, Bun.sleep(500)]);
  return () => got.split("\r\n")[0]!;
}

test("connections of loopback addresses count with those of the socket, and have at most half of the places", async () => {
  const held: Socket[] = [];
  const refused = "HTTP/1.1 503 Service Unavailable";
  /** Connects until a connection is refused. Returns what each was told. */
  const fill = async (to: { port: number } | { path: string }): Promise<string[]> => {
    const answers: (() => string)[] = [];
    while (answers.length < 10 && !answers.some((answer) => answer() !== "")) answers.push(await knock(to, held));
    return answers.map((answer) => answer());
  };
  /** Connections that are still open. */
  const kept = (): number => held.filter(({ closed, readableEnded }) => !closed && !readableEnded).length;
  try {
    expect(await fill({ port })).toContain(refused);
    await until("half of the places are taken", () => kept() === 4, 5_000, kept);
    expect((await ask(gateway, "GET", "/v1/health")).status).toBe(200);
    const path = join(gateway.data, "admin.sock");
    expect(await fill({ path })).toContain(refused);
    await until("all places are taken", () => kept() === 8, 5_000, kept);
    for (const socket of held.splice(0)) socket.destroy();
    await until("free places", async () => (await knock({ port }, held))() === "");
  } finally {
    for (const socket of held) socket.destroy();
  }
  await until("an answer", async () => (await ask(gateway, "GET", "/v1/health").catch(() => null))?.status === 200);
});

/** What a descriptor is of; "" where it has just been closed. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

test("nobody else gets past the doors: the sockets behind them are in a directory of the gateway's user alone", async () => {
  const folder = join(gateway.data, ".api");
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readdirSync(folder).sort()).toEqual(["0.sock", "1.sock"]);
  const own = readdirSync(`/proc/${gateway.pid}/fd`).map((fd) => linkOf(`/proc/${gateway.pid}/fd/${fd}`));
  const abstract = [...readFileSync("/proc/net/unix", "latin1").matchAll(/ (\d+) (@.*)$/gm)];
  expect(abstract.filter(([, inode]) => own.includes(`socket:[${inode}]`)).map(([, , name]) => name)).toEqual([]);
  // A kill leaves them; the next start makes them anew, and its end removes them.
  await gateway.crash();
  await gateway.start();
  expect((await ask(gateway, "GET", "/v1/health")).status).toBe(200);
  expect((await fetch(`http://127.0.0.1:${port}/v1/health`)).status).toBe(200);
  expect(await gateway.stop()).toBe(0);
  expect(existsSync(folder)).toBe(false);
  await gateway.start();
});

test("a connection of a loopback address is kept for the next request", async () => {
  const socket = connect({ port, host: "127.0.0.1" });
  let got = "";
  socket.on("data", (chunk) => {
    got += chunk;
  });
  for (let i = 1; i <= 3; i++) {
    socket.write("GET /v1/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    await until(`answer ${i}`, () => got.match(/HTTP\/1\.1 200/g)?.length === i);
  }
  socket.destroy();
});
