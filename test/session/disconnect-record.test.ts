import { expect, test } from "bun:test";
import { describeDisconnect } from "../../src/base/disconnect-reason.ts";
import { ENTRY_SESSION, SESSION_EVENT_DISCONNECT } from "../../src/journal/layout.ts";
import { readStream } from "../../src/journal/store/reader.ts";
import { disconnectRecordText, readDisconnectRecord } from "../../src/telemetry/disconnect-record.ts";
import { LinkRig, SESSION } from "./rig.ts";

/** Every end that the journal has, in words. */
function ends(rig: LinkRig): string[] {
  const found: string[] = [];
  rig.journal.settle();
  readStream(rig.journal.dir, "client0", (entry) => {
    if (entry.kind !== ENTRY_SESSION || entry.index !== SESSION_EVENT_DISCONNECT) return;
    expect(entry.session).toBe(SESSION);
    // Only what the core has taken is safe to go on from.
    expect(entry.sequence).toBe(0);
    const disconnectRecord = readDisconnectRecord(entry.views, entry.payloadAt, entry.payloadLength)!;
    const line = `${describeDisconnect(disconnectRecord.reason)}; ${disconnectRecordText(disconnectRecord)}`;
    expect(line).toMatch(/, peer 127\.0\.0\.1:\d+$/);
    found.push(line.replace(/, peer .*/, ""));
  });
  return found;
}

test("every end leaves one record: the peer hangs up, breaks off, logs out, sends no Logon", () => {
  using rig = new LinkRig().logon();
  rig.report("one");
  rig.settle();
  rig.hangUp();
  rig.logons = 0;
  rig.logon().hangUp(true);
  rig.logons = 0;
  rig.logon().say("5");
  rig.turnUntil(() => rig.closings.length === 3);
  rig.connect().pass(6);
  expect(ends(rig)).toEqual([
    "peer closed the connection; last in 2, last out 3, 0 bytes pending",
    "connection lost; last in 3, last out 4, 0 bytes pending",
    "peer logged out; last in 5, last out 6, 0 bytes pending",
    "no Logon within the timeout; last in 5, last out 6, 0 bytes pending",
  ]);
});

test("a peer that does not read is disconnected at its own bound, with what it left unread", () => {
  using rig = new LinkRig();
  rig.link.backlogBytes = 10_000;
  rig.logon();
  rig.settle();
  const text = "x".repeat(1000);
  // Never flushed: as if the kernel took nothing.
  for (let i = 0; i < 12; i++) rig.report(`${i} ${text}`);
  expect(rig.closings).toEqual([]);
  rig.link.pollOut();
  const [end] = ends(rig);
  const [, out, pending] = /too slowly.*last out (\d+), (\d+) bytes pending/.exec(end!)!;
  expect(Number(out)).toBe(14);
  expect(Number(pending)).toBeGreaterThan(7_000);
  expect(Number(pending)).toBeLessThanOrEqual(10_000);
});
