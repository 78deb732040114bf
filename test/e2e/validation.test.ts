import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Field, LOGON } from "../../src/counterparty/message.ts";
import { VENUE_XML } from "../fix/dictionary/xml/venue-xml.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd, temporary } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

// The dialect of the loader's tests, with what a limit order needs here.
const ORDER_FIELDS: readonly (readonly [number, string, string])[] = [
  [1, "Account", "STRING"],
  [21, "HandlInst", "CHAR"],
  [38, "OrderQty", "QTY"],
  [40, "OrdType", "CHAR"],
  [44, "Price", "PRICE"],
  [59, "TimeInForce", "CHAR"],
  [60, "TransactTime", "UTCTIMESTAMP"],
];
const DIALECT = VENUE_XML.replace(
  '<field name="VenueFlags" required="N"/>',
  `${ORDER_FIELDS.map(([, name]) => `<field name="${name}" required="N"/>`).join("\n")}$&`,
).replace(
  "<fields>",
  `$&${ORDER_FIELDS.map(([number, name, type]) => `<field number="${number}" name="${name}" type="${type}"/>`).join("\n")}`,
);

const directory = temporary();
const dialectFile = join(directory, "venue.xml");
writeFileSync(dialectFile, DIALECT);

const gateway = new Gateway({
  venue: "fields.drop = [58, 112, 5001, 9303, 20001]",
  tables: `
[client.sessions.DIALECT]
accounts = ["ACC1"]
dictionary = ${JSON.stringify(dialectFile)}
[client.sessions.LENIENT]
accounts = ["ACC1"]
validateUserDefinedFields = false
allowUnknownMsgFields = true
validateFieldsHaveValues = false
validateFieldsOutOfOrder = false
`,
});
const venue = new Venue(gateway.venuePort);
const clients: Record<string, Client> = {};

beforeAll(async () => {
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  for (const name of ["ALICE", "DIALECT", "LENIENT"]) {
    const client = new Client(name, gateway.clientPort);
    clients[name] = client;
    await client.logon();
  }
  await venueUp(clients.ALICE!);
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
  rmSync(directory, { recursive: true, force: true });
});

/** Sends an order that `change` has altered, and tells the Reject that must come: its texts and tags. */
async function refused(client: Client, change: (body: Field[]) => Field[]): Promise<string> {
  const before = client.received.length;
  const sequence = client.send("D", change(client.orderBody({ 11: `BAD-${client.nextOut}` })));
  const answer = await client.wait(
    "refusal",
    (message) => "3j".includes(message.type) && message.get(45) === String(sequence),
  );
  expect(client.received.length).toBe(before + 1);
  return [58, 371, 372, 373, 380].map((tag) => answer.get(tag) ?? "-").join(" ");
}

async function taken(client: Client, more: readonly Field[] = [], change = {}): Promise<void> {
  const clOrdId = `GOOD-${client.compId}-${client.nextOut}`;
  client.send("D", [...client.orderBody({ ...change, 11: clOrdId }), ...more]);
  const report = await client.report(clOrdId, "0");
  expect(report.get(39)).toBe("0");
}

const set =
  (tag: number, value: string) =>
  (body: Field[]): Field[] =>
    body.map((field) => (field[0] === tag ? [tag, value] : field));
const without =
  (tag: number) =>
  (body: Field[]): Field[] =>
    body.filter((field) => field[0] !== tag);
const plus =
  (...more: Field[]) =>
  (body: Field[]): Field[] => [...body, ...more];

test.each<[string, (body: Field[]) => Field[], string]>([
  ["a value that is not in the list", set(54, "x"), "Value is incorrect (out of range) for this tag 54 D 5 -"],
  ["a value of two characters", set(40, "22"), "Incorrect data format for value 40 D 6 -"],
  ["a quantity with a sign", set(38, "+200.00"), "Incorrect data format for value 38 D 6 -"],
  ["a date where a time belongs", plus([126, "20040415"]), "Incorrect data format for value 126 D 6 -"],
  ["a field that is missing", without(54), "Required tag missing 54 D 1 -"],
  ["a field that is there twice", plus([40, "1"]), "Tag appears more than once 40 D 13 -"],
  ["a field without a value", set(59, ""), "Tag specified without a value 59 D 4 -"],
  ["a field of another message", plus([112, "x"]), "Tag not defined for this message type 112 D 2 -"],
  ["a field that does not exist", plus([5000, "x"]), "Invalid tag number 5000 D 0 -"],
  ["a header field in the body", plus([97, "Y"]), "Tag specified out of required order 97 D 14 -"],
  [
    "a group with fewer entries than counted",
    plus([386, "3"], [336, "PRE-OPEN"], [336, "AFTER-HOURS"]),
    "Incorrect NumInGroup count for repeating group 386 D 16 -",
  ],
  [
    "a value with a SOH",
    plus([58, "two\x01lines"]),
    'Non "data" value includes field delimiter (SOH character) 58 D 17 -',
  ],
  [
    "an entry in another order",
    plus([453, "1"], [448, "P"], [452, "1"], [447, "D"]),
    "Repeating group fields out of order 447 D 15 -",
  ],
  ["a limit order without a price", without(44), "Conditionally Required Field Missing (44) - D - 5"],
])("%s is refused by name, and the session goes on", async (_, change, expected) => {
  expect(await refused(clients.ALICE!, change)).toBe(expected);
  await taken(clients.ALICE!);
});

test("groups in groups, and fields in any order, are taken", async () => {
  const parties: Field[] = [
    [453, "2"],
    [448, "TRADER"],
    [447, "D"],
    [452, "11"],
    [802, "2"],
    [523, "a"],
    [803, "1"],
    [523, "b"],
    [448, "FIRM"],
    [452, "1"],
  ];
  await taken(clients.ALICE!, parties);
});

test("a dictionary file makes a dialect of its own: custom fields are checked, unlisted ones refused", async () => {
  const client = clients.DIALECT!;
  await taken(client, [
    [9303, "HID AON"],
    [20001, "7"],
  ]);
  expect(await refused(client, plus([9303, "HID FOK"]))).toBe(
    "Value is incorrect (out of range) for this tag 9303 D 5 -",
  );
  expect(await refused(client, plus([20001, "x"]))).toBe("Incorrect data format for value 20001 D 6 -");
  expect(await refused(client, plus([18, "G"]))).toBe("Invalid tag number 18 D 0 -");
  await client.settle();
});

test("switches pass over what they name, and nothing else", async () => {
  const client = clients.LENIENT!;
  await taken(client, [
    [5001, "x"],
    [112, "x"],
    [58, ""],
    [97, "N"],
  ]);
  expect(await refused(client, set(54, "x"))).toBe("Value is incorrect (out of range) for this tag 54 D 5 -");
});

test("a dictionary file with a fault stops the start, with file and line", async () => {
  const config = join(directory, "bad.toml");
  const bad = join(directory, "bad.xml");
  const fault = '<message name="Heartbeat" msgtype="0" msgcat="admin">\n      <field name="TestReqID"';
  expect(DIALECT).toContain(fault);
  writeFileSync(bad, DIALECT.replace(fault, fault.replace("TestReqID", "TestID")));
  const text = await Bun.file(gateway.configFile).text();
  writeFileSync(config, text.replace(JSON.stringify(dialectFile), JSON.stringify(bad)));
  const line = DIALECT.slice(0, DIALECT.indexOf(fault)).split("\n").length + 1;
  const { code, err } = await runToEnd(["check", "--config", config]);
  expect(code).toBe(1);
  expect(err).toContain(
    `client.sessions.DIALECT.dictionary: ${bad} line ${line}: message Heartbeat: expected a field of <fields>, got "TestID"`,
  );
});
