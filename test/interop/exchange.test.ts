import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExchangeFlow, type Pair } from "./exchange.ts";
import { build, whyMissing } from "./quickfix.ts";

setDefaultTimeout(90_000);

const why = whyMissing();
const note = why === null ? "" : ` (skipped: ${why})`;
const built = mkdtempSync(join(tmpdir(), "sallyport-exchange-"));
let program = "";

beforeAll(async () => {
  if (why === null) program = await build("exchange", built);
});
afterAll(() => rmSync(built, { recursive: true, force: true }));

/** The client has what the exchange said, report for report. The last one has these totals. */
async function agrees(flow: ExchangeFlow, order: Pair, totals: string): Promise<void> {
  const { sent, received } = await flow.reports(order);
  expect(received, flow.gateway.log).toEqual(sent);
  expect(sent.at(-1)).toContain(`: ${totals} left`);
}

describe.skipIf(why !== null).each([
  ["FIX.4.4", "FIX.4.4"],
  ["FIX.4.2", "FIX.4.2"],
  ["FIX.4.4", "FIX.4.2"],
  ["FIX.4.2", "FIX.5.0SP2"],
  ["FIX.5.0SP2", "FIX.4.4"],
  ["FIX.4.1", "FIX.4.3"],
  ["FIX.4.4", "FIX.4.1"],
  ["FIX.4.4", "FIX.4.0"],
] as const)(`a client of %s at a QuickFIX exchange of %s${note}`, (clientVersion, venueVersion) => {
  let flow: ExchangeFlow;
  beforeAll(async () => {
    flow = new ExchangeFlow(program, clientVersion, venueVersion);
    await flow.start();
  });
  afterAll(async () => {
    await flow[Symbol.asyncDispose]();
  });

  test("busts of a partly filled order, which is filled then", async () => {
    const order = await flow.order();
    const first = await flow.fill(order, 40);
    const second = await flow.fill(order, 20, 149.5);
    await flow.command(`bust ${first}`);
    await flow.command(`bust ${second}`);
    await flow.fill(order, 100);
    await agrees(flow, order, `100 done at 150, ${order.quantity - 100}`);
  });

  test("a filled order lives again after a bust: it is filled again, replaced and canceled", async () => {
    const [again, replaced, canceled] = [await flow.order(), await flow.order(), await flow.order()];
    for (const order of [again, replaced, canceled]) {
      await flow.fill(order, 60);
      const last = await flow.fill(order, order.quantity - 60);
      await flow.command(`bust ${last}`);
    }
    await flow.fill(again, 20);
    await agrees(flow, again, `80 done at 150, ${again.quantity - 80}`);
    await flow.replace(replaced, 160);
    await flow.fill(replaced, 100);
    await agrees(flow, replaced, "160 done at 150, 0");
    await flow.cancel(canceled);
    await agrees(flow, canceled, "60 done at 150, 0");
  });

  test("corrections of quantity, price and both, of a partly and of a wholly filled order", async () => {
    const order = await flow.order();
    const first = await flow.fill(order, 50);
    await flow.command(`correct ${first} 50 149`);
    await flow.command(`correct ${first} 30 149`);
    await flow.command(`correct ${first} 40 148`);
    const second = await flow.fill(order, order.quantity - 40);
    await flow.command(`correct ${second} 35 150`);
    await flow.fill(order, 5);
    await flow.command(`correct ${second} 0 150`);
    await agrees(flow, order, `45 done at 148.22222222, ${order.quantity - 45}`);
  });

  test("more than was ordered reaches the client, and an alarm names the order", async () => {
    const order = await flow.order();
    await flow.fill(order, 80);
    const from = flow.gateway.log.length;
    const over = await flow.fill(order, 50);
    await agrees(flow, order, "130 done at 150, 0");
    await flow.alarmed(order, from);
    await flow.command(`bust ${over}`);
    await flow.fill(order, 10);
    await agrees(flow, order, `90 done at 150, ${order.quantity - 90}`);
  });

  test("trades after a cancel and after the order's end", async () => {
    const [canceled, expired] = [await flow.order(), await flow.order()];
    await flow.fill(canceled, 10);
    await flow.cancel(canceled);
    await flow.fill(canceled, 5);
    await agrees(flow, canceled, "15 done at 150, 0");
    await flow.command(`expire ${expired.exchange}`);
    await flow.fill(expired, 7);
    await agrees(flow, expired, "7 done at 150, 0");
  });

  test("a gap: what the exchange said while the session was down comes by resend, once and in order", async () => {
    const order = await flow.order();
    const first = await flow.fill(order, 10);
    await flow.command("off");
    await flow.fill(order, 20);
    await flow.command(`bust ${first}`);
    await flow.command(`correct ${await flow.fill(order, 30)} 25 149`);
    await flow.command("on");
    await flow.fill(order, 5);
    await agrees(flow, order, `50 done at 149.5, ${order.quantity - 50}`);
  });

  test("a gap that has no messages: the trade behind it comes", async () => {
    const order = await flow.order();
    await flow.command("skip 3");
    await flow.fill(order, 10);
    await flow.command("skip 1");
    await flow.fill(order, 10);
    await agrees(flow, order, `20 done at 150, ${order.quantity - 20}`);
  });

  test("a SequenceReset to a higher number", async () => {
    const order = await flow.order();
    await flow.fill(order, 10);
    await flow.command("sequence 5000");
    await flow.fill(order, 10);
    await agrees(flow, order, `20 done at 150, ${order.quantity - 20}`);
  });

  test("a trade that is lost for ever: the exchange's totals are told, and an alarm names the order", async () => {
    const order = await flow.order();
    await flow.fill(order, 10);
    await flow.command(`lose ${order.exchange} 30 149`);
    const from = flow.gateway.log.length;
    await flow.fill(order, 20);
    await agrees(flow, order, `60 done at 149.5, ${order.quantity - 60}`);
    await flow.alarmed(order, from);
    await flow.fill(order, order.quantity - 60);
    expect((await flow.reports(order)).received.at(-1)).toEndWith(", 0 left");
  });

  test("the gateway is killed between trade, bust and correction", async () => {
    const order = await flow.order();
    const first = await flow.fill(order, 40);
    const second = await flow.fill(order, 30);
    await flow.command(`bust ${first}`);
    await flow.restartGateway();
    await flow.command(`correct ${second} 20 149`);
    await flow.restartGateway();
    await flow.command(`bust ${second}`);
    await flow.fill(order, 13);
    await flow.cancel(order);
    await agrees(flow, order, "13 done at 150, 0");
  });

  test("neither side found anything wrong", () => expect(flow.faults(), flow.gateway.log).toEqual([]));
});

test.skipIf(why !== null)(
  `an exchange that begins at 1 again, with resets at each Logon: the trade it lost is in its totals${note}`,
  async () => {
    await using flow = new ExchangeFlow(program, "FIX.4.4", "FIX.4.4", "resetOnLogon = true");
    await flow.start();
    const order = await flow.order();
    await flow.fill(order, 10);
    await flow.command("off");
    await flow.command("reset");
    await flow.command(`lose ${order.exchange} 30 150`);
    const from = flow.gateway.log.length;
    await flow.command("on");
    await flow.fill(order, 20);
    await agrees(flow, order, `60 done at 150, ${order.quantity - 60}`);
    await flow.alarmed(order, from);
    expect(flow.faults()).toEqual([]);
  },
);
