import { expect, test } from "bun:test";
import { loadConfig } from "../../src/config/load.ts";
import { problemLine } from "../../src/config/problem.ts";
import { changed, SMALL } from "./small.ts";

/** The doubts about a valid text. */
function doubts(text: string): string[] {
  const loaded = loadConfig(text, "file.toml");
  expect(loaded.problems ?? []).toEqual([]);
  return loaded.config === undefined ? [] : loaded.warnings.map(problemLine);
}

const listen = (addresses: string, session = "") =>
  changed("[client.sessions.CLIENT]\n", `[client]\nlisten = ${addresses}\n[client.sessions.CLIENT]\n${session}`);
const HASH = `passwordHash = "$argon2id$${"x".repeat(30)}"\n`;
const OPEN = "can be reached from other networks, and session CLIENT has neither passwordHash nor allow";

test("about a small configuration there are none", () => {
  expect(doubts(SMALL)).toEqual([]);
});

test("what is done about the silence of a venue begins when that is one", () => {
  const more = "answerClientS = 5\n";
  const silent = SMALL.replace("[venues.SIM]\n", `[venues.SIM]\n${more}`);
  expect(doubts(silent)).toEqual([
    "venues.SIM.answerWithinS: is 0: statusRequests and answerClientS beside it have no effect",
  ]);
  expect(doubts(silent.replace(more, `answerWithinS = 5\n${more}`))).toEqual([]);
});

test("a key without effect", () => {
  expect(doubts(`${SMALL}\n[journal]\nspareMiB = 64\n`)).toEqual([
    "journal.spareMiB: is accepted, and has no effect any more: leave it out",
  ]);
});

test.each([
  ['"0.0.0.0:9001"', "", [`client.listen: "0.0.0.0:9001" ${OPEN}`]],
  ['["127.0.0.1:9001", "[::]:9002"]', "", [`client.listen[1]: "[::]:9002" ${OPEN}`]],
  ['"203.0.113.7:9001"', "", [`client.listen: "203.0.113.7:9001" ${OPEN}`]],
  ['"[2001:db8::1]:9001"', "", [`client.listen: "[2001:db8::1]:9001" ${OPEN}`]],
  ['["10.1.2.3:9001", "192.168.0.1:9001", "172.31.0.1:9001", "[fd00::1]:9001", "[::1]:9001"]', "", []],
  ['"172.32.0.1:9001"', "", [`client.listen: "172.32.0.1:9001" ${OPEN}`]],
  ['"0.0.0.0:9001"', HASH, []],
  ['"0.0.0.0:9001"', 'allow = ["203.0.113.0/24"]\n', []],
  ['"0.0.0.0:9001"', 'allow = ["203.0.113.0/24", "0.0.0.0/0"]\n', [`client.listen: "0.0.0.0:9001" ${OPEN}`]],
  ['"0.0.0.0:9001"', 'allow = ["::/0"]\n', [`client.listen: "0.0.0.0:9001" ${OPEN}`]],
  ['"0.0.0.0:9001"', 'allow = ["2001:db8::/96"]\n', []],
  [
    '["127.0.0.1:9001", "127.0.0.1:0"]',
    "",
    ['client.listen[1]: "127.0.0.1:0": port 0 is another free port at each start'],
  ],
])("listening on %s with %p", (addresses, session, expected) => {
  expect(doubts(listen(addresses, session))).toEqual(expected);
});

test("of many open sessions some are named", () => {
  const more = Array.from({ length: 8 }, (_, i) => `[client.sessions.C${i}]\naccounts = ["ACC1"]\n`).join("");
  expect(doubts(listen('"0.0.0.0:9001"').replace("[venues.SIM]", `${more}[venues.SIM]`))).toEqual([
    'client.listen: "0.0.0.0:9001" can be reached from other networks, and sessions CLIENT, C0, C1, C2, C3 and 4 more have neither passwordHash nor allow',
  ]);
});

test("added fields that an earlier version took and that harm nothing are doubted, those that harm are refused", () => {
  const venue = (changes: string): string => changed("[venues.SIM]\n", `[venues.SIM]\n${changes}\n`);
  const later = "the venue may reject it, and a later version refuses it";
  expect(doubts(venue('fields.set = { 553 = "DESK" }\nfields.F.set = { 152 = "1", 516 = "2" }'))).toEqual([
    `venues.SIM.fields.set.553: 553 is a field of session messages: ${later}`,
    `venues.SIM.fields.F.set.152: 152 is another form of a quantity: ${later}`,
    `venues.SIM.fields.F.set.516: 516 is another form of a quantity: ${later}`,
  ]);
  expect(doubts(venue("fields.D.rename = { 5001 = 112 }"))).toEqual([
    `venues.SIM.fields.D.rename.5001: 112 is a field of session messages: ${later}`,
  ]);
  for (const [where, tag] of [
    ["F.", 141],
    ["F.", 554],
    ["", 925],
    ["D.", 152],
    ["G.", 516],
    ["", 152],
  ] as const)
    expect(() => doubts(venue(`fields.${where}set = { ${tag} = "1" }`))).toThrow(`${tag} can't have a fixed value`);
});

test("changes of tags for orders that a venue does not take, which were valid before there were such orders", () => {
  const changes = "fields.drop = [58, 432]\nfields.D.rename = { 99 = 9001, 5001 = 126 }\n";
  const needed = (tag: number, orders: string) =>
    `is for ${tag}, which orders of ${orders} need: it can't be once the venue takes these`;
  expect(doubts(changed("[venues.SIM]\n", `[venues.SIM]\n${changes}fields.F.set = { 99 = "1" }\n`))).toEqual([
    `venues.SIM.fields.drop[1]: ${needed(432, 'timeInForce "gtd"')}`,
    `venues.SIM.fields.D.rename.99: ${needed(99, 'orderTypes "stop" and "stop-limit"')}`,
    `venues.SIM.fields.D.rename.5001: ${needed(126, 'timeInForce "gtd"')}`,
    `venues.SIM.fields.F.set.99: ${needed(99, 'orderTypes "stop" and "stop-limit"')}`,
  ]);
});

test("connections for all sessions, dynamic ones too", () => {
  const text = (most: number) =>
    changed(
      "[client.sessions.CLIENT]\n",
      `[client]\nmaxConnections = ${most}\n[client.sessions.CLIENT]\ndynamicSessions = 5\n`,
    );
  expect(doubts(text(5))).toEqual([]);
  expect(doubts(text(4))).toEqual([
    "client.maxConnections: 4 is less than the 5 client sessions: not all of them can be on at once",
  ]);
});

test("a venue without a symbol, a default that no symbol needs, a venue that is the gateway itself", () => {
  const venue = '[venues.DARK]\naddress = "127.0.0.1:9102"\n';
  expect(doubts(SMALL + venue)).toEqual(["venues.DARK: no symbol has it as its venue, so no order goes there"]);
  expect(doubts(`${changed("[symbols.AAPL]\n", '[symbols.AAPL]\nvenue = "DARK"\n')}${venue}`)).toEqual([
    "venues.SIM: no symbol has it as its venue, so no order goes there",
    'routing.default: every symbol names its venue: "SIM" is not used here',
  ]);
  expect(doubts(changed('address = "127.0.0.1:9101"', 'address = ["192.0.2.1:9001", "127.0.0.1:9001"]'))).toEqual([
    "venues.SIM.address[1]: 127.0.0.1:9001 is client.listen of this gateway",
  ]);
});

test.each<[from: string, to: string, ...expected: string[]]>([
  [
    "[risk]\n",
    "[risk]\nkill = true\n",
    "risk.kill: the gateway starts with the kill switch engaged: every new order is refused",
  ],
  [
    "maxOrderQty = 1000",
    "maxOrderQty = 1000\nenabled = false",
    "risk.accounts: every account has enabled = false: every new order is refused",
    "client.sessions.CLIENT.accounts: all of them have enabled = false: every new order is refused",
  ],
  [
    'referencePrice = "150.25"',
    'referencePrice = "150.25"\nenabled = false',
    "symbols: every symbol has enabled = false: every new order is refused",
  ],
  [
    "maxOrderNotional = 250000.5",
    "maxOrderNotional = 142.7",
    "risk.accounts.ACC1.maxOrderNotional: 142.7 does not pay one unit of any symbol (AAPL costs 142.7375 or more): every order is refused",
  ],
  ["maxOrderNotional = 250000.5", "maxOrderNotional = 142.8"],
  [
    "[risk]\n",
    '[symbols.DEAR]\nreferencePrice = "500000"\n[risk]\n',
    "symbols.DEAR.referencePrice: one unit costs 475000 or more, above maxOrderNotional of every account: every order is refused",
  ],
  [
    "[risk.accounts.ACC1]\n",
    "[risk.accounts.IDLE]\nmaxOrderQty = 1\nmaxOrderNotional = 1000\nmaxOpenOrders = 1\nordersPerSecond = 1\n[risk.accounts.ACC1]\n",
    "risk.accounts.IDLE: no client session may trade it",
  ],
])("%#: limits that let nothing through: %p made %p", (from, to, ...expected) => {
  expect(doubts(changed(from, to))).toEqual(expected);
});

test("an address of the API with TLS has an operator, and the same port after each start", () => {
  const tls = (port: number) =>
    `${SMALL}\n[admin.tls]\nlisten = "10.0.0.5:${port}"\ncertificate = "a.pem"\nkey = "a.key"\nca = "ca.pem"\n`;
  expect(doubts(tls(0))).toEqual([
    'admin.tls.listen: "10.0.0.5:0": port 0 is another free port at each start',
    "admin.tls: neither admin.tokens nor admin.certificates has an operator: nobody can use it",
  ]);
  expect(doubts(`${tls(9443)}[admin.certificates.ops]\ncertificate = "CN=OPS"\nrole = "view"\n`)).toEqual([]);
});
