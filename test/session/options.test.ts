import { expect, test } from "bun:test";
import { ENTRY_MESSAGE } from "../../src/journal/layout.ts";
import { readStream } from "../../src/journal/store/reader.ts";
import { fields } from "../fix/wire/messages.ts";
import { LinkRig, short } from "./rig.ts";

test.each([
  [0, 17],
  [6, 24],
  [9, 27],
])("with %i decimals a resend repeats the time of the first sending whole", (timestampDecimals, length) => {
  using rig = new LinkRig({ profile: { options: { timestampDecimals } } }).logon();
  rig.settle();
  rig.report("one");
  const [original] = rig.settle();
  expect(original?.get(52)?.length).toBe(length);
  rig.pass(2);
  const [copy] = rig.say("2", "7=3|16=3|").settle();
  expect(short([copy!])).toEqual(["8* 3 one"]);
  expect(copy?.get(122)).toBe(original!.get(52)!);
  expect(copy?.get(52)?.length).toBe(length);
});

test("what is sent again says what is processed by now, gap fills too", () => {
  using rig = new LinkRig({ profile: { options: { lastMsgSeqNumProcessed: true } } }).logon();
  rig.settle();
  rig.report("one");
  const [original] = rig.settle();
  expect(original?.get(369)).toBe("2");
  const again = rig.say("2", "7=1|16=3|").settle();
  expect(short(again)).toEqual(["4* 1>3", "8* 3 one"]);
  // The TestRequest behind the request may be processed by then, too.
  for (const message of again) expect(["4", "5"]).toContain(message.get(369)!);
  expect([...again[1]!.keys()].filter((tag) => tag === 369).length).toBe(1);
});

test("a password goes over the wire and never into the journal", () => {
  const options = { username: "trader", password: "s3cret" };
  using rig = new LinkRig({ profile: { initiator: true, options } }).connect();
  rig.turn();
  const [logon] = rig.take();
  expect([logon?.get(553), logon?.get(554)]).toEqual(["trader", "s3cret"]);
  const kept: string[] = [];
  rig.journal.settle();
  readStream(rig.journal.dir, "client0", (entry) => {
    const { bytes } = entry.views;
    const text = Buffer.from(bytes.slice(entry.payloadAt, entry.payloadAt + entry.payloadLength)).toString("latin1");
    expect(text).not.toContain("s3cret");
    if (entry.kind === ENTRY_MESSAGE) kept.push(text);
  });
  expect(kept.length).toBe(1);
  const masked = fields(kept[0]!);
  expect([masked.get(35), masked.get(34), masked.get(553), masked.get(554)]).toEqual(["A", "1", "trader", "******"]);
});
