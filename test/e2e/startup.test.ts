import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, mkdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LOGON } from "../../src/counterparty/message.ts";
import { Client } from "./client.ts";
import { type Ended, Gateway, runToEnd, temporary } from "./gateway.ts";
import { freePort } from "./ports.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

let ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

function prepared(): Gateway {
  const gateway = new Gateway();
  ends.push(() => gateway.remove());
  return gateway;
}

function start(gateway: Gateway): Promise<Ended> {
  return runToEnd(["run", "--config", gateway.configFile, "--data", gateway.data]);
}

/** It never was ready, and its last words are one line that holds all of `texts`. */
function oneLine(ended: Ended, ...texts: string[]): void {
  const lines = ended.err.trimEnd().split("\n");
  expect(ended.out).not.toContain("ready");
  expect(ended.err).not.toMatch(/^\s+at /m);
  expect(lines.filter((line) => !/^\S+Z (?:INFO|WARN) /.test(line)).length, ended.err).toBe(1);
  expect(lines.at(-1)).toMatch(/^sallyport: /);
  for (const text of texts) expect(lines.at(-1)).toContain(text);
}

test("an occupied port", async () => {
  const gateway = prepared();
  const other = Bun.listen({ hostname: "127.0.0.1", port: gateway.clientPort, socket: { data() {} } });
  ends.push(() => other.stop(true));
  const ended = await start(gateway);
  oneLine(ended, String(gateway.clientPort), "EADDRINUSE");
  expect(ended.code).toBe(1);
});

test("a data directory in use by another process, which goes on", async () => {
  const gateway = prepared();
  const venue = new Venue(gateway.venuePort);
  venue.listen();
  ends.push(() => venue.stop());
  await gateway.start();
  // Its own ports, so that only the directory is shared.
  const ended = await runToEnd(["run", "--config", prepared().configFile, "--data", gateway.data]);
  oneLine(ended, gateway.data, String(gateway.pid));
  expect(ended.code).toBe(1);
  await venue.waitType(LOGON);
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon();
  await venueUp(alice);
});

test("a foreign file where the journal should be", async () => {
  const gateway = prepared();
  mkdirSync(gateway.data);
  writeFileSync(join(gateway.data, "core-00000000.journal"), "this is no journal\n".repeat(1000));
  const ended = await start(gateway);
  oneLine(ended, gateway.data);
  expect(ended.code).toBe(1);
});

test("a journal whose first segment is cut to nothing", async () => {
  const gateway = prepared();
  await gateway.start();
  await gateway.stop();
  const [first] = [...new Bun.Glob("core-*.journal").scanSync(gateway.data)].sort();
  truncateSync(join(gateway.data, first!), 100);
  const ended = await start(gateway);
  oneLine(ended, first!);
  expect(ended.code).toBe(1);
});

test("a data directory that cannot be made", async () => {
  const gateway = prepared();
  writeFileSync(gateway.data, "a file");
  const ended = await start(gateway);
  oneLine(ended, gateway.data);
  expect(ended.code).toBe(1);
});

test("no configuration, an unreadable one, and one that is no TOML", async () => {
  const directory = temporary();
  ends.push(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, "gateway.toml");
  const run = () => runToEnd(["run", "--config", file, "--data", join(directory, "data")]);
  const none = await run();
  oneLine(none, file);
  expect(none.code).toBe(1);
  writeFileSync(file, "[client\nlisten = 5");
  const broken = await run();
  oneLine(broken, file);
  expect(broken.code).toBe(1);
  if (process.getuid?.() === 0) return;
  chmodSync(file, 0);
  const unreadable = await run();
  oneLine(unreadable, file);
  expect(unreadable.code).toBe(1);
});

test("a configuration with mistakes names the first and counts the others; check lists all", async () => {
  const directory = temporary();
  ends.push(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, "gateway.toml");
  writeFileSync(
    file,
    `[client]\nlisten = "127.0.0.1:${freePort()}"\nlissten = 1\n[symbols.AAPL]\nreferencePrice = -1\n`,
  );
  const ended = await runToEnd(["run", "--config", file]);
  oneLine(ended, "more");
  expect(ended.code).toBe(1);
  const check = await runToEnd(["check", "--config", file]);
  expect(check.code).toBe(1);
  const said = check.out + check.err;
  for (const path of ["client.lissten", "symbols.AAPL.referencePrice", "venues", "risk.accounts"])
    expect(said).toContain(path);
});

test("bad usage exits with 2, and says how it is used", async () => {
  for (const args of [["frobnicate"], ["run"], ["run", "--config"], ["run", "--nonsense"]]) {
    const ended = await runToEnd(args);
    expect(ended.code, args.join(" ")).toBe(2);
    expect(ended.err).not.toMatch(/^\s+at /m);
  }
  const help = await runToEnd(["--help"]);
  expect(help.code).toBe(0);
  for (const command of ["run", "demo", "check", "journal", "version"]) expect(help.out).toContain(command);
});

const canMount =
  process.getuid?.() === 0 && Bun.spawnSync(["unshare", "-m", "true"], { stderr: "ignore" }).exitCode === 0;

test.skipIf(!canMount)(
  "a full disk: new orders are refused, cancels pass, and all is well when there is room (needs root)",
  async () => {
    const gateway = new Gateway({ segmentMiB: 1, tables: "reserveMiB = 4" });
    const venue = new Venue(gateway.venuePort);
    ends.push(async () => {
      venue.stop();
      await gateway.remove();
    });
    mkdirSync(gateway.data);
    venue.listen();
    // Seen by this process and its children only; it goes with the last of them.
    await gateway.start([
      "unshare",
      "-m",
      "bash",
      "-c",
      `mount -t tmpfs -o size=32m sallyport-test "$0" && exec "$@"`,
      gateway.data,
    ]);
    await venue.waitType(LOGON);
    const alice = new Client("ALICE", gateway.clientPort);
    await alice.logon();
    await venueUp(alice);
    const kept = alice.order({ 38: 500 });
    await alice.report(kept, "0");

    const inside = `/proc/${gateway.pid}/root${gateway.data}`;
    const filler = `${inside}/filler`;
    const { bavail, bsize } = statfsSync(inside);
    writeFileSync(filler, Buffer.alloc(Number(bavail) * Number(bsize)));

    const opened: string[] = [];
    let refused = "";
    for (let i = 0; i < 20_000 && refused === ""; i += 100) {
      const batch = Array.from({ length: 100 }, () => alice.order({ 38: 10 }));
      for (const clOrdId of batch) {
        const report = await alice.report(clOrdId);
        if (report.get(150) === "8") refused = report.get(58) ?? "no text";
        else opened.push(clOrdId);
      }
      // They go again, or the limit of open orders would end this.
      if (refused === "") for (const clOrdId of opened.splice(0)) await alice.report(alice.cancel(clOrdId), "4");
    }
    expect(refused).toMatch(/JOURNAL.*FULL/);
    const done = await alice.report(alice.cancel(kept), "4");
    expect(done.get(39)).toBe("4");

    rmSync(filler);
    await venueUp(alice);
    const after = alice.order({ 38: 501 });
    await alice.report(after, "0");
    expect(alice.faults).toEqual([]);
    expect(venue.faults).toEqual([]);
    expect(await gateway.stop(), gateway.log).toBe(0);
  },
);
