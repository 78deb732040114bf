import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { LOGON } from "../../src/counterparty/message.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const STRACE = Bun.which("strace");
const TRACES = STRACE !== null && Bun.spawnSync([STRACE, "-e", "trace=none", "true"]).exitCode === 0;

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

async function started(preset: "one" | "two" | "wide", wrapper: string[]) {
  const gateway = new Gateway({ preset, tables: 'durability = "disk"', segmentMiB: 1 });
  const venue = new Venue(gateway.venuePort);
  const alice = new Client("ALICE", gateway.clientPort);
  ends.push(async () => {
    venue.stop();
    await gateway.remove();
  });
  venue.listen();
  await gateway.start(wrapper);
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
  return { gateway, venue, alice };
}

/** A call as strace saw it: where it began and where it had returned, in the order of the trace. */
interface Call {
  name: string;
  text: string;
  began: number;
  ended: number;
}

/** Joins calls that others interrupted. `PID name(…) = result`, or in two parts. */
function callsOf(trace: string): Call[] {
  const calls: Call[] = [];
  const open = new Map<string, Call>();
  for (const [i, line] of trace.split("\n").entries()) {
    const [, pid = "", rest = ""] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    if (resumed !== null) {
      const call = open.get(pid);
      if (call === undefined) continue;
      call.text += resumed[1];
      call.ended = i;
      open.delete(pid);
      continue;
    }
    const name = /^(\w+)\(/.exec(rest)?.[1];
    if (name === undefined) continue;
    const call = { name, text: rest, began: i, ended: i };
    calls.push(call);
    if (rest.endsWith("<unfinished ...>")) {
      call.ended = Number.POSITIVE_INFINITY;
      open.set(pid, call);
    }
  }
  return calls;
}

/** The first call that says something. */
function find(calls: readonly Call[], name: string, ...texts: string[]): Call {
  const found = calls.find((call) => call.name === name && texts.every((text) => call.text.includes(text)));
  if (found === undefined) throw new Error(`no ${name} with ${texts.join(" ")} in the trace`);
  return found;
}

/** A sync of the log of all streams that began after `from` and had returned, well, before `to`. */
function synced(calls: readonly Call[], from: number, to: number): boolean {
  return calls.some(
    (call) =>
      call.name === "fdatasync" &&
      call.text.includes("/sync-") &&
      /= 0$/.test(call.text) &&
      call.began > from &&
      call.ended < to,
  );
}

describe.skipIf(!TRACES)('durability "disk", seen by strace', () => {
  test.each(["one", "two", "wide"] as const)(
    "no byte leaves before the syncs that it waits for; preset %s",
    async (preset) => {
      const trace = `/tmp/sallyport-trace-${process.pid}-${preset}`;
      const wrapper = [STRACE!, "-f", "-y", "-s", "600", "-e", "trace=fdatasync,sendto,recvfrom", "-o", trace];
      const { gateway, venue, alice } = await started(preset, wrapper);
      const ids: string[] = [];
      for (let i = 0; i < 10; i++) {
        const clOrdId = alice.order({ 38: 2_000 + i, 44: "149" });
        await alice.report(clOrdId, "0");
        ids.push(clOrdId);
      }
      const part = venue.orders.find((order) => order.quantity === 2_005)!;
      venue.fill(part, 300);
      await alice.report(ids[5]!, "F");
      await gateway.crash();

      const calls = callsOf(readFileSync(trace, "utf8"));
      for (const [i, clOrdId] of ids.entries()) {
        const quantity = `\\00138=${2_000 + i}\\001`;
        const order = find(calls, "recvfrom", `\\00111=${clOrdId}\\001`, "\\00135=D\\001");
        const toVenue = find(calls, "sendto", "\\00135=D\\001", quantity);
        expect(synced(calls, order.began, toVenue.began)).toBe(true);
        const report = calls.find(
          (call) => call.name === "recvfrom" && call.began > toVenue.began && call.text.includes(quantity),
        );
        const toClient = find(calls, "sendto", "\\00135=8\\001", `\\00111=${clOrdId}\\001`);
        expect(report!.began).toBeLessThan(toClient.began);
        expect(synced(calls, report!.began, toClient.began)).toBe(true);
      }
      await Bun.file(trace).delete();
    },
  );

  test("a disk that says no stops the line, exit code 70", async () => {
    const wrapper = [
      STRACE!,
      "-f",
      "-e",
      "trace=fdatasync",
      "-e",
      "inject=fdatasync:error=EIO:when=60+",
      "-o",
      "/dev/null",
    ];
    const { gateway, alice } = await started("two", wrapper);
    // One sync serves many orders on a slow disk: they are sent until it says no.
    for (let i = 0; i < 2_000 && alice.connected; i++) {
      const id = alice.order({ 38: 100, 44: "149" });
      await Promise.race([alice.report(id).catch(() => {}), alice.closed]);
    }
    await alice.waitClosed();
    await gateway.said("process ended: 70");
    expect(gateway.log).toMatch(/fdatasync .*\.(log|journal): .*(EIO|error)/i);
  });
});

test.each(["one", "two", "wide"] as const)('durability "disk": trade, kill, go on; preset %s', async (preset) => {
  const { gateway, venue, alice } = await started(preset, []);
  const ids: string[] = [];
  for (let i = 0; i < 200; i++) ids.push(alice.order({ 38: 1_000 + i, 44: "149" }));
  await Promise.all(ids.map((clOrdId) => alice.report(clOrdId, "0")));
  await gateway.crash();
  await alice.waitClosed();
  await venue.waitClosed();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
  const canceled = alice.cancel(ids[7]!, { 38: 1_007 });
  expect((await alice.report(canceled, "4")).get(41)).toBe(ids[7]!);
  expect(await gateway.stop()).toBe(0);
});
