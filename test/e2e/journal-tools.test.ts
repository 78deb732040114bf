import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { LOGON } from "../../src/counterparty/message.ts";
import { Client } from "./client.ts";
import { executable, Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

async function started() {
  const gateway = new Gateway();
  const venue = new Venue(gateway.venuePort);
  const alice = new Client("ALICE", gateway.clientPort);
  ends.push(async () => {
    venue.stop();
    await gateway.remove();
  });
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
  return { gateway, venue, alice };
}

test("what happened to an order: one command beside the running gateway tells it all, in order", async () => {
  const { gateway, venue, alice } = await started();
  const other = alice.order({ 38: 100, 44: "149" });
  await alice.report(other, "0");
  const first = alice.order({ 38: 300, 44: "149" });
  const orderId = (await alice.report(first, "0")).get(37)!;
  const order = venue.orders.find(({ quantity }) => quantity === 300)!;
  venue.fill(order, 100);
  await alice.report(first, "F");
  const canceled = alice.cancel(first, { 38: 300 });
  await alice.report(canceled, "4");

  const told = await runToEnd(["journal", "order", first, gateway.data]);
  expect(told.code).toBe(0);
  const lines = told.out.trim().split("\n");
  const kinds = lines.map((line) =>
    /(<-|->|==|\*\*) (client|venue) \w+ (?:\S*\|)?35=(\w)/.exec(line)?.slice(1, 4).join(" "),
  );
  const expected = [
    "<- client D",
    "== client D",
    "-> venue D",
    "<- venue 8",
    "== venue 8",
    "-> client 8",
    "<- venue 8",
    "== venue 8",
    "-> client 8",
    "<- client F",
    "== client F",
    "-> venue F",
    "<- venue 8",
    "== venue 8",
    "-> client 8",
  ];
  expect(kinds).toEqual(expected);
  expect(told.out).not.toContain(`11=${other}|`);
  for (const name of [canceled, orderId, order.clOrdId])
    expect((await runToEnd(["journal", "order", name, gateway.data])).out).toBe(told.out);
  const json = await runToEnd(["journal", "order", "--json", first, gateway.data]);
  const facts = json.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, string>);
  expect(facts.map(({ direction }) => direction)).toEqual(
    expected.map((kind) => (kind.startsWith("<-") ? "in" : kind.startsWith("==") ? "core" : "out")),
  );
  const unknown = await runToEnd(["journal", "order", "NOBODY", gateway.data]);
  expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining("no order NOBODY") });

  const sent = await runToEnd(["journal", "export", "--session", "VENUE", "--stream", "venue0", gateway.data]);
  expect(sent.out).toMatch(/^8=FIX\.4\.4\x019=\d+\x0135=A\x01.*10=\d{3}\x01$/m);
});

test("what a running gateway writes is followed, through its restart", async () => {
  const { gateway, venue, alice } = await started();
  const child = Bun.spawn(
    [executable(), "journal", "print", "--follow", "--json", "--session", "ALICE", "--from", "now", gateway.data],
    { stdin: "ignore", stdout: "pipe", stderr: "inherit" },
  );
  ends.push(async () => {
    child.kill("SIGKILL");
    await child.exited;
  });
  let text = "";
  const reader = child.stdout.getReader();
  const until = async (wanted: string): Promise<void> => {
    while (!text.includes(wanted)) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`it ended without ${wanted}:\n${text}`);
      text += new TextDecoder().decode(value);
    }
  };
  // It needs a moment to begin: the orders go on until it has seen one.
  let last = "";
  const orders = setInterval(() => {
    if (text === "") last = alice.order({ 38: 100, 44: "149" });
  }, 50);
  await until('"fix":"35=D|');
  clearInterval(orders);
  await until(`11=${last}|`);
  await alice.report(last, "0");

  await gateway.crash();
  await alice.waitClosed();
  await venue.waitClosed();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
  const after = alice.order({ 38: 777, 44: "149" });
  await alice.report(after, "0");
  await until(`11=${after}|`);
  for (const line of text.trim().split("\n").slice(0, -1)) expect(JSON.parse(line)).toMatchObject({ name: "ALICE" });
});
