// Reference prices from a stream of quotes: the collar follows, the next source takes over when it is silent, and a crash changes no decision.

import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { LOGON } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd, temporary } from "./gateway.ts";
import { Venue } from "./venue.ts";

setDefaultTimeout(120_000);

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function trading(risk: string, quotes: string) {
  const gateway = new Gateway();
  const text = readFileSync(gateway.configFile, "utf8");
  expect(text).toContain("[risk]\n");
  writeFileSync(
    gateway.configFile,
    `${text.replace("[risk]\n", `[risk]\n${risk}`)}\n[quotes]\neveryMs = 100\n${quotes}\n`,
  );
  const venue = new Venue(gateway.venuePort);
  ends.push(() => venue.stop());
  ends.push(() => gateway.remove());
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  return { gateway, venue };
}

async function loggedOn(gateway: Gateway): Promise<Client> {
  const client = new Client("ALICE", gateway.clientPort);
  await client.logon();
  return client;
}

async function feed(path: string): Promise<Socket> {
  const socket = connect(path);
  await new Promise((resolve, reject) => socket.on("connect", () => resolve(null)).on("error", reject));
  ends.push(() => socket.destroy());
  return socket;
}

/** Text of the refusal of an order at a price; "" where the venue has it. */
async function refusal(client: Client, price: string): Promise<string> {
  const report = await client.report(client.order({ 38: 1, 44: price }));
  return report.get(150) === "8" ? report.text(58)! : "";
}

const becomes = (client: Client, price: string, text: string): Promise<unknown> =>
  until(`an order at ${price} with "${text}"`, async () => {
    const got = await refusal(client, price);
    return text === "" ? got === "" : got.startsWith(text);
  });

async function reference(gateway: Gateway): Promise<{ source: string | null; price: string | null }> {
  return (await ask(gateway, "GET", "/v1/symbols/AAPL")).body.reference;
}

const alarmed = (gateway: Gateway, rule: string): Promise<unknown> =>
  until(`the alarm ${rule}`, async () => {
    const alarms = (await ask(gateway, "GET", "/v1/alarms?state=all")).body;
    return alarms.some((alarm: { rule: string }) => alarm.rule === rule);
  });

test("the collar follows quotes; once they are too old the next source counts; a crash changes nothing", async () => {
  const directory = temporary();
  ends.push(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, "quotes.sock");
  const { gateway, venue } = await trading(
    'referenceSources = ["quotes", "configuration"]\nquotesStaleMs = 20_000\n',
    `socket = "${path}"\nsilentMs = 1_000`,
  );
  const client = await loggedOn(gateway);
  await becomes(client, "150", "");
  const stream = await feed(path);
  stream.write("AAPL,299.5,300.5\n\nAAPL,2,1\nwhat\nNOPE,1,2\n");
  await becomes(client, "150", "RISK-012 PRICE_COLLAR limit=10% ref=300");
  await becomes(client, "320", "");
  expect(await reference(gateway)).toMatchObject({ source: "quotes", price: "300" });
  const { quotes } = (await ask(gateway, "GET", "/v1/quotes")).body;
  expect(quotes).toMatchObject({ lines: 4, taken: 1, crossed: 1, bad: 1, unknown: 1, given: 1, connections: 1 });
  expect((await ask(gateway, "GET", "/metrics")).body).toContain('sallyport_quotes_lines_total{result="crossed"} 1');
  expect(gateway.log).toContain('line 2: expected a bid of at most the ask, got "AAPL,2,1"');
  const printed = await runToEnd(["journal", "print", gateway.data]);
  expect(printed.out).toMatch(/a quote: AAPL 300 \(\d+\.\d{3} s old\)/);
  await alarmed(gateway, "quotes-bad");
  await alarmed(gateway, "quotes-missing");
  await gateway.crash();
  await client.waitClosed();
  await gateway.start();
  await venue.waitType(LOGON);
  await client.logon();
  // Nobody has connected since: the quote of before counts while it is not too old.
  await becomes(client, "320", "");
  expect(await refusal(client, "150")).toStartWith("RISK-012 PRICE_COLLAR limit=10% ref=300");
  await becomes(client, "150", "");
  expect(await refusal(client, "320")).toStartWith("RISK-012 PRICE_COLLAR limit=10% ref=150");
  expect(await reference(gateway)).toMatchObject({ source: "configuration", price: "150" });
  const again = await feed(path);
  again.write("AAPL,,,300\n");
  await becomes(client, "320", "");
  again.destroy();
});

test("without another source orders are refused until a quote comes; a file is followed and may be replaced", async () => {
  const directory = temporary();
  ends.push(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, "quotes.csv");
  const { gateway } = await trading('referenceSources = ["quotes"]\nquotesStaleMs = 2_000\n', `file = "${file}"`);
  const client = await loggedOn(gateway);
  await becomes(client, "150", "RISK-105 NO_REFERENCE_PRICE");
  writeFileSync(file, "AAPL,149,151\n");
  await becomes(client, "150", "");
  await becomes(client, "150", "RISK-105 NO_REFERENCE_PRICE");
  expect(await reference(gateway)).toMatchObject({ source: null, price: null });
  writeFileSync(`${file}.new`, "AAPL,299,301\n");
  renameSync(`${file}.new`, file);
  await becomes(client, "300", "");
  expect(await refusal(client, "150")).toStartWith("RISK-012 PRICE_COLLAR");
});

test("all client sessions together may send so many orders", async () => {
  const { gateway } = await trading("firmOrderMessages = 3\nfirmOrderMessagesWindowMs = 60_000\n", "");
  const alice = await loggedOn(gateway);
  const bob = new Client("BOB", gateway.clientPort);
  await bob.logon();
  const first = [await refusal(alice, "150"), await refusal(bob, "150"), await refusal(alice, "150")];
  expect(first.filter((text) => text.startsWith("RISK-137"))).toEqual([]);
  expect(await refusal(bob, "150")).toBe("RISK-137 FIRM_ORDER_MESSAGES level=FIRM");
  const etag = (await ask(gateway, "GET", "/v1/firm")).headers.get("etag")!;
  const settings = { firmOrderMessages: "none" };
  const answer = await ask(gateway, "PATCH", "/v1/firm", { settings, why: "the desk asked" }, { "if-match": etag });
  expect(answer.status).toBe(200);
  expect(await refusal(bob, "150")).not.toStartWith("RISK-137");
});
