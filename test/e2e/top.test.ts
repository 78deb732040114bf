import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { LOGON } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { Client } from "./client.ts";
import { executable, Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

async function started() {
  const gateway = new Gateway({});
  const venue = new Venue(gateway.venuePort);
  const alice = new Client("ALICE", gateway.clientPort);
  ends.push(async () => {
    venue.stop();
    await gateway.remove();
  });
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
  return { gateway, alice, socket: join(gateway.data, "admin.sock") };
}

/** `sallyport top` on a pseudo-terminal, and what it wrote there. */
function onTerminal(socket: string, environment: Record<string, string> = {}) {
  const writes: string[] = [];
  const decoder = new TextDecoder();
  const child = Bun.spawn([executable(), "top", "--socket", socket], {
    env: { ...process.env, TERM: "xterm", NO_COLOR: "", ...environment },
    terminal: {
      cols: 80,
      rows: 24,
      data: (_terminal, bytes) => void writes.push(decoder.decode(bytes, { stream: true })),
    },
  });
  ends.push(async () => {
    child.kill("SIGKILL");
    await child.exited;
  });
  const frames = (): string[] => writes.join("").split("\u001b[H").slice(1);
  return { child, terminal: child.terminal!, all: () => writes.join(""), frames };
}

/** Text of a frame without escape sequences. */
const linesOf = (frame: string): string[] => frame.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, "").split(/\r*\n/);

test("top redraws each second, fits 80 columns and 24 rows, follows a resize, and q restores the terminal", async () => {
  const { socket, alice } = await started();
  const { child, terminal, all, frames } = onTerminal(socket);
  await until("a frame with the session", () => frames().some((frame) => frame.includes("ALICE")));
  expect(all()).toStartWith("\u001b[?1049h\u001b[?25l");
  for (let i = 0; i < 20; i++) await alice.report(alice.order({ 38: 1, 44: "149" }), "0");
  await until("rates", () => frames().some((frame) => /[1-9]\d* orders\/s/.test(frame)));
  for (const frame of frames()) {
    const lines = linesOf(frame);
    expect(lines.length).toBeLessThanOrEqual(24);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  }
  const whole = frames().findLast((frame) => frame.includes("ALICE"))!;
  for (const part of ["Sallyport ", "VENUE", "session ", "venue ", "alarm", "q quits", "\u001b[1m"])
    expect(whole).toContain(part);
  const before = frames().length;
  terminal.resize(60, 12);
  await until("a frame of the new size", () => {
    const frame = frames()
      .slice(before)
      .findLast((one) => one.includes("q quits"));
    return frame !== undefined && linesOf(frame).length <= 12 && linesOf(frame).every((line) => line.length <= 60);
  });
  terminal.write("q");
  expect(await child.exited).toBe(0);
  await until("the terminal restored", () => all().endsWith("\u001b[?25h\u001b[?1049l"));
});

test("without colour nothing is coloured; a gateway that ends is said, and one that comes back is shown", async () => {
  const { socket, gateway } = await started();
  const { terminal, child, frames } = onTerminal(socket, { NO_COLOR: "1" });
  await until("a frame", () => frames().some((frame) => frame.includes("ALICE")));
  for (const frame of frames()) expect(frame).not.toMatch(/\u001b\[\d+m/);
  expect(await gateway.stop()).toBe(0);
  await until("the end said", () => /q quits; .*(admin\.sock|ended|stops|closed)/.test(frames().at(-1)!));
  const before = frames().length;
  await gateway.start();
  await until("frames again", () =>
    frames()
      .slice(before)
      .some((frame) => linesOf(frame).includes("q quits")),
  );
  terminal.write("\u0003");
  expect(await child.exited).toBe(0);
});

test("--once prints one frame as plain text; without a terminal and without a gateway it says so", async () => {
  const { socket } = await started();
  const once = await runToEnd(["top", "--once", "--socket", socket]);
  expect([once.code, once.err]).toEqual([0, ""]);
  expect(once.out).toMatch(/^Sallyport \S+ {2}\d{4}-\d\d-\d\d/);
  expect(once.out).toContain("ALICE");
  expect(once.out).not.toContain("\u001b");
  expect(await runToEnd(["top", "--socket", socket])).toEqual({
    code: 1,
    out: "",
    err: "sallyport: top needs a terminal; --once prints one frame without\n",
  });
  const none = await runToEnd(["top", "--once", "--socket", `${socket}.none`]);
  expect(none.code).toBe(1);
  expect(none.err).toContain("expected the API of a running gateway");
});

test("profile says where its files are", async () => {
  const { socket, gateway } = await started();
  const made = await runToEnd(["profile", "--lane", "0", "--seconds", "1", "--socket", socket]);
  expect([made.code, made.err]).toEqual([0, ""]);
  expect(made.out).toContain(join(gateway.data, "profiles"));
  expect(made.out).toMatch(/flame\.html {2}[\d,]+ bytes\n.*lane-0\.cpuprofile/);
  expect(made.out).not.toContain("main.cpuprofile");
  const both = await runToEnd(["profile", "--lane", "0", "--main", "--socket", socket]);
  expect([both.code, both.err]).toEqual([
    1,
    "sallyport: expected --lane N or --main, got both; without them all threads are profiled\n",
  ]);
  const listed = await runToEnd(["ctl", "profiles", "--socket", socket]);
  expect(listed.out).toContain("sallyport profile");
});
