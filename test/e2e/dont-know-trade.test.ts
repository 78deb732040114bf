// DontKnowTrade of a client, against the executable.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { LOGON } from "../../src/counterparty/message.ts";
import type { Version } from "../../src/counterparty/version.ts";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const gateway = new Gateway();
const venue = new Venue(gateway.venuePort);
const VERSIONS = { V42: "FIX.4.2", V44: "FIX.4.4", V50: "FIX.5.0SP2" } as const;

beforeAll(async () => {
  const tables = Object.entries(VERSIONS).map(
    ([name, version]) => `[client.sessions.${name}]\nversion = "${version}"\naccounts = ["ACC1"]\n`,
  );
  writeFileSync(gateway.configFile, readFileSync(gateway.configFile, "utf8") + tables.join(""));
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
});

test.each(Object.entries(VERSIONS) as [string, Version][])(
  "%s (%s): journalled, in the log, alarmed, shown; not answered",
  async (name, version) => {
    const client = new Client(name, gateway.clientPort, { version });
    await client.logon();
    await venueUp(client);
    const order = client.order({ 38: 200 });
    const { orderId, execId } = await client
      .wait("the order's report", (message) => message.type === "8" && message.get(11) === order)
      .then((report) => ({ orderId: report.text(37), execId: report.text(17) }));
    const row = async () => (await ask(gateway, "GET", `/v1/sessions/${name}`)).body;
    await until("a row without any", async () => (await row()).dontKnowTrades === 0);
    client.send("Q", [
      [17, execId],
      [32, 200],
      [31, "150"],
      [37, orderId],
      [38, 200],
      [54, 1],
      [55, "AAPL"],
      [58, "not ours"],
      [127, "C"],
    ]);
    await client.settle();
    await gateway.said(
      new RegExp(
        `ALARM client ${name}: its message \\d+ says that it does not know a trade \\(DontKnowTrade, OrderID ${orderId}, ExecID ${execId}, DKReason C\\): not ours`,
      ),
    );
    await until("the count", async () => (await row()).dontKnowTrades === 1);
    const { out } = await runToEnd(["journal", "print", gateway.data]);
    expect(out).toMatch(new RegExp(`<- client ${name} .*35=Q\\|.*127=C`));
    expect(client.received.filter(({ type }) => type === "3" || type === "j")).toEqual([]);
    expect(client.faults).toEqual([]);
    await client.logout();
  },
);
