// Orders that could trade with each other: refused, or the old ones canceled at the venue before; over a kill -9; changed while orders flow.

import { expect, setDefaultTimeout, test } from "bun:test";
import { until } from "../eventually.ts";
import { tradingDesk } from "./desk.ts";
import { Gateway } from "./gateway.ts";

setDefaultTimeout(90_000);

const LIMITS = "maxOrderQty = 10_000\nmaxOrderNotional = 10_000_000\nmaxOpenOrders = 100\nordersPerSecond = 1_000";
const gateway = new Gateway({
  tables: `[risk.accounts.FUND]
${LIMITS}
selfTrade = "cancel-old"
selfTradeGroup = "client"
[risk.accounts.HEDGE]
${LIMITS}
selfTrade = "reject-new"
selfTradeGroup = "client"
[risk.clients.DESK]
accounts = ["FUND", "HEDGE"]
[client.sessions.DESK]
version = "FIX.5.0SP2"
accounts = ["ACC1", "FUND", "HEDGE"]`,
});
const { venue, client } = tradingDesk(gateway, "DESK", { version: "FIX.5.0SP2" });
const { ctl } = gateway;
const REFUSED = "99 RISK-023 SELF_TRADE level=ACCOUNT:HEDGE";

/** OrdRejReason and Text of the refusal of an order of HEDGE, "" where the venue has it. */
async function refusal(values: Record<number, string | number>): Promise<string> {
  const report = await client.report(client.order({ 1: "HEDGE", 38: 10, ...values }));
  return report.get(150) === "8" ? `${report.get(103)} ${report.text(58)}` : "";
}

async function open(values: Record<number, string | number>): Promise<string> {
  const id = client.order({ 1: "FUND", 38: 10, ...values });
  expect((await client.report(id)).get(150)).not.toBe("8");
  return id;
}

test("an account's order is refused beside one of its client's other account, at a replace, too", async () => {
  await open({ 54: 2, 44: "151" });
  expect(await refusal({ 54: 1, 44: "151" })).toBe(REFUSED);
  expect(await refusal({ 54: 1, 44: "150.99" })).toBe("");
  const low = client.order({ 1: "HEDGE", 38: 10, 54: 1, 44: "149" });
  await client.report(low);
  const rejected = await client.cancelReject(client.replace(low, { 1: "HEDGE", 38: 10, 54: 1, 44: "151" }));
  expect(rejected.text(58)).toBe("RISK-023 SELF_TRADE level=ACCOUNT:HEDGE");
});

test("old orders are canceled at the venue before the new one comes to it, and are told why", async () => {
  const old = await open({ 54: 2, 44: "152", 38: 555 });
  const id = client.order({ 1: "FUND", 38: 556, 54: 1, 44: "152" });
  const canceled = await client.report(old, "4");
  expect(canceled.text(58)).toStartWith("CORE-236 CANCELED_FOR_SELF_TRADE");
  expect(canceled.get(378)).toBe("19");
  expect((await client.report(id)).get(150)).toBe("0");
  await venue.orderOf(556);
  const came = venue.received.map((message) => `${message.type} ${message.get(38) ?? ""}`);
  const cancels = came.flatMap((text, i) => (text.startsWith("F") ? [i] : []));
  expect(cancels.length).toBeGreaterThanOrEqual(2);
  expect(came.indexOf("D 556")).toBeGreaterThan(cancels.at(-1)!);
  await client.report(client.cancel(id), "4");
});

test("cancel-both refuses the new order, also where the venue cancels the old ones at once", async () => {
  const set = await ctl("account", "set", "FUND", "selfTrade", "cancel-both", "--why", "test");
  expect([set.code, set.err]).toEqual([0, ""]);
  for (let round = 0; round < 20; round++) {
    const old = [
      await open({ 54: 2, 44: "154", 38: 600 + round }),
      await open({ 54: 2, 44: "154.5", 38: 700 + round }),
    ];
    const id = client.order({ 1: "FUND", 38: 800 + round, 54: 1, 44: "154.5" });
    for (const one of old) expect((await client.report(one, "4")).text(58)).toStartWith("CORE-236");
    const answer = await client.report(id);
    expect([answer.get(150), answer.text(58)]).toEqual(["8", "RISK-023 SELF_TRADE level=ACCOUNT:FUND"]);
  }
  const back = await ctl("account", "set", "FUND", "selfTrade", "file", "--why", "test");
  expect([back.code, back.err]).toEqual([0, ""]);
});

test("what rests is known after a kill -9, and the mode changes while orders flow", async () => {
  await open({ 54: 2, 44: "153" });
  await gateway.crash();
  await gateway.start();
  await client.logon();
  await until("a venue that takes orders", async () => (await refusal({ 54: 1, 44: "148" })) === "");
  expect(await refusal({ 54: 1, 44: "153" })).toBe(REFUSED);
  const wrong = await ctl("account", "set", "HEDGE", "selfTrade", "maybe", "--why", "a slip");
  expect([wrong.code, wrong.err]).toEqual([
    1,
    expect.stringContaining('selfTrade: expected one of off,reject-new,cancel-old,cancel-both,venue, got "maybe"'),
  ]);
  const set = await ctl("account", "set", "HEDGE", "selfTrade", "venue", "--why", "the venue prevents them");
  expect([set.code, set.err]).toEqual([0, ""]);
  expect(await refusal({ 54: 1, 44: "153" })).toBe("");
});
