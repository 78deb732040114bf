import { expect, test } from "bun:test";
import { readNetwork } from "../../src/config/network.ts";
import { changed, problemsOf, SMALL } from "./small.ts";

const hex = (text: string): [string, number] | null => {
  const range = readNetwork(text);
  return range === null ? null : [Buffer.from(range.address).toString("hex"), range.bits];
};

test.each<[text: string, address: string, bits: number]>([
  ["10.0.0.0/8", "00000000000000000000ffff0a000000", 104],
  ["192.0.2.7", "00000000000000000000ffffc0000207", 128],
  ["0.0.0.0/0", "00000000000000000000ffff00000000", 96],
  ["::1", "00000000000000000000000000000001", 128],
  ["::/0", "00000000000000000000000000000000", 0],
  ["2001:db8::/32", "20010db8000000000000000000000000", 32],
  ["fe80::1:2", "fe800000000000000000000000010002", 128],
  ["::ffff:10.1.2.3", "00000000000000000000ffff0a010203", 128],
  ["1:2:3:4:5:6:7:8/128", "00010002000300040005000600070008", 128],
])("%s is read", (text, address, bits) => expect(hex(text)).toEqual([address, bits]));

test.each(["", "10.0.0.0/33", "::/129", "10.0.0", "10.0.0.0/8/8", "10.0.0.0/", "host", "fe80::1%eth0", "1.2.3.4/-1"])(
  "%p is no range",
  (text) => expect(readNetwork(text)).toBeNull(),
);

const CLIENT = "[client.sessions.CLIENT]\n";
const VENUE = 'address = "127.0.0.1:9101"\n';

test("what is wrong with who may log on is said, secrets are not", () => {
  const more = (lines: string) => problemsOf(changed(CLIENT, CLIENT + lines));
  expect(more('allow = ["10.0.0.0/40"]\n')).toEqual([
    'client.sessions.CLIENT.allow[0]: expected an address or a range such as "10.0.0.0/8", "192.0.2.7" or "2001:db8::/32", got "10.0.0.0/40"',
  ]);
  expect(more('passwordHash = "hunter2"\n')).toEqual([
    "client.sessions.CLIENT.passwordHash: expected the output of sallyport hash-password, got something else",
  ]);
  expect(more('username = "me"\n')).toEqual([
    "client.sessions.CLIENT.passwordHash: missing; expected one beside username",
  ]);
  const long = `password = "${"hunter2".repeat(50)}"\n`;
  expect(problemsOf(changed(VENUE, VENUE + long)).join()).not.toContain("hunter2");
  expect(problemsOf(changed(VENUE, VENUE + long)).length).toBe(1);
  expect(problemsOf(changed(VENUE, `${VENUE}password = "a"\npasswordFile = "b"\n`))).toEqual([
    "venues.SIM.passwordFile: expected either this or password, got both",
  ]);
});

test("a venue may have several addresses", () => {
  expect(problemsOf(SMALL.replace(VENUE, 'address = ["127.0.0.1:9101", "[::1]:9101"]\n'))).toEqual([]);
});

test("NextExpectedMsgSeqNum is for versions that have it", () => {
  const more = (lines: string) => problemsOf(changed(VENUE, VENUE + lines));
  expect(more('version = "FIX.4.4"\nnextExpectedMsgSeqNum = true\n')).toEqual([]);
  expect(more('version = "FIX.4.2"\nnextExpectedMsgSeqNum = true\n')).toEqual([
    "venues.SIM.nextExpectedMsgSeqNum: expected false in FIX.4.2, got true",
  ]);
});
