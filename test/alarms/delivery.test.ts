import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "../../src/alarms/command.ts";
import { Delivery, MOST_WAITING, type Receiver, type Sent } from "../../src/alarms/delivery.ts";
import type { AlarmEvent, EventAction } from "../../src/alarms/event.ts";
import { Webhook } from "../../src/alarms/webhook.ts";
import type { AlarmView } from "../../src/operation/alarms.ts";
import { until } from "../eventually.ts";
import { keptLog } from "../log.ts";
import { AlarmReceiver } from "./receiver.ts";

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const alarm: AlarmView = {
  id: "7",
  rule: "venue-down",
  subject: "venue SIM",
  severity: "critical",
  state: "firing",
  text: "disconnected in its hours",
  remedy: "Call the venue.",
  since: "2026-11-24T12:00:00.000000Z",
  resolvedAt: null,
  acknowledgedBy: null,
  acknowledgedWhy: null,
  silencedBy: null,
  dedupKey: "GATEWAY venue-down venue SIM",
};
const event = (action: EventAction, id = "7"): AlarmEvent => ({ action, alarm: { ...alarm, id } });

async function receiver(...script: ConstructorParameters<typeof AlarmReceiver>[0] & object) {
  const made = await new AlarmReceiver([...script]).listen();
  ends.push(() => made.stop());
  return made;
}

function deliveryTo(to: Receiver, giveUpAfterMs = 60_000) {
  const lines: string[] = [];
  const delivery = new Delivery(to, giveUpAfterMs, keptLog(lines), () => {}, 5);
  ends.push(() => delivery.end());
  return { delivery, lines };
}

describe("the webhook", () => {
  test("sends an event as PagerDuty wants it", async () => {
    const peer = await receiver();
    const sent = await new Webhook(peer.url, "R123", "gw1", 2_000).send(event("trigger"));
    expect(sent).toEqual({ taken: true });
    expect(peer.received[0]!.body as object).toEqual({
      routing_key: "R123",
      event_action: "trigger",
      dedup_key: "GATEWAY venue-down venue SIM",
      client: "Sallyport",
      payload: {
        summary: "venue-down: venue SIM: disconnected in its hours",
        source: "gw1",
        severity: "critical",
        timestamp: "2026-11-24T12:00:00.000000Z",
        component: "venue SIM",
        group: "sallyport",
        class: "venue-down",
        custom_details: {
          alarm: "7",
          text: "disconnected in its hours",
          remedy: "Call the venue.",
          since: "2026-11-24T12:00:00.000000Z",
          resolvedAt: null,
        },
      },
    });
    await new Webhook(peer.url, "R123", "gw1", 2_000).send(event("resolve"));
    expect(peer.received[1]!.body as object).toEqual({
      routing_key: "R123",
      event_action: "resolve",
      dedup_key: "GATEWAY venue-down venue SIM",
    });
  });

  test("a receiver that is busy, hangs or resets is asked again; each event is taken once, in order", async () => {
    const peer = await receiver(503, "hang", "reset", 429, "take", 500, "take");
    const { delivery, lines } = deliveryTo(new Webhook(peer.url, "R123", "gw1", 1_500));
    delivery.add(event("trigger"));
    delivery.add(event("resolve"));
    await until("both", () => peer.taken.length === 2);
    expect(peer.taken.map(({ body }) => body.event_action)).toEqual(["trigger", "resolve"]);
    await until("the end", () => delivery.view.waiting === 0);
    expect(delivery.view).toEqual({
      receiver: "webhook",
      delivered: 2,
      retries: 5,
      givenUp: 0,
      waiting: 0,
      problem: "",
    });
    expect(lines[0]).toContain(`warning: gateway: webhook: ${new URL(peer.url).origin} answered 503: busy`);
    expect(lines.filter((line) => line.endsWith("takes events again"))).toHaveLength(2);
    expect(lines.join()).not.toContain("R123");
  });

  test("says why a call failed: no answer, a reset, nobody there", async () => {
    const peer = await receiver("hang", "reset");
    const webhook = new Webhook(peer.url, "R", "gw1", 100);
    expect(await webhook.send(event("trigger"))).toMatchObject({
      again: true,
      why: `${new URL(peer.url).origin}: no answer within 100 ms`,
    });
    expect(await webhook.send(event("trigger"))).toMatchObject({ taken: false, again: true });
    peer.stop();
    expect(await webhook.send(event("trigger"))).toMatchObject({ taken: false, again: true });
  });

  test("an event that is refused for good is given up, and the log says so", async () => {
    const peer = await receiver(400, "take");
    const { delivery, lines } = deliveryTo(new Webhook(peer.url, "R", "gw1", 1_000));
    delivery.add(event("trigger"));
    delivery.add(event("resolve"));
    await until("the second", () => peer.taken.length === 1);
    await until("the end", () => delivery.view.waiting === 0);
    expect(delivery.view).toMatchObject({ delivered: 1, retries: 0, givenUp: 1 });
    expect(lines[1]).toBe(
      `alarm: gateway: webhook: gave up to trigger venue-down: venue SIM: disconnected in its hours: ${new URL(peer.url).origin} answered 400: busy`,
    );
  });
});

/** A receiver whose answers a test gives. */
class ByHand implements Receiver {
  readonly name = "by hand";
  readonly events: AlarmEvent[] = [];
  answer: (sent: Sent) => void = () => {};

  send(event: AlarmEvent): Promise<Sent> {
    this.events.push(event);
    const { promise, resolve } = Promise.withResolvers<Sent>();
    this.answer = resolve;
    return promise;
  }
}

describe("what waits", () => {
  test("is bounded: the oldest that is not under way is given up", () => {
    const { delivery, lines } = deliveryTo(new ByHand());
    for (let i = 0; i <= MOST_WAITING; i++) delivery.add(event("trigger", String(i)));
    expect(delivery.view).toMatchObject({ waiting: MOST_WAITING, givenUp: 1 });
    expect(delivery.waiting.map(({ event }) => event.alarm.id).slice(0, 3)).toEqual(["0", "2", "3"]);
    expect(lines[0]).toContain(`${MOST_WAITING} events wait`);
  });

  test("is given up after its time", async () => {
    const to = new ByHand();
    const { delivery, lines } = deliveryTo(to, 1_000);
    delivery.add(event("trigger"), Date.now() - 999);
    to.answer({ taken: false, why: "busy", again: true });
    await until("the end", () => delivery.view.givenUp === 1);
    expect(lines.at(-1)).toEndWith("busy");
  });

  test("stays there when the gateway stops, without what was taken", async () => {
    const to = new ByHand();
    const { delivery } = deliveryTo(to);
    delivery.add(event("trigger", "1"));
    delivery.add(event("trigger", "2"));
    delivery.end();
    to.answer({ taken: true });
    await until("one", () => delivery.waiting.length === 1);
    expect(delivery.waiting[0]!.event.alarm.id).toBe("2");
    expect(to.events).toHaveLength(1);
  });
});

describe("the command", () => {
  function script(text: string) {
    const dir = mkdtempSync(join(tmpdir(), "sallyport-command-"));
    ends.push(() => rmSync(dir, { recursive: true }));
    const path = join(dir, "told.sh");
    writeFileSync(path, `#!/bin/bash\n${text}\n`, { mode: 0o755 });
    return { path, out: join(dir, "out") };
  }

  test("gets the event on its standard input, its words as they are, and nothing of the environment", async () => {
    process.env.SALLYPORT_TEST_SECRET = "1";
    const { path, out } = script('printf "%s|" "$@" > "$1"; cat >> "$1"; env | grep -c SECRET >> "$1"; exit 0');
    const sent = await new Command([path, out, "a b; $(id)", "*"], "gw1", 5_000).send(event("trigger"));
    delete process.env.SALLYPORT_TEST_SECRET;
    expect(sent).toEqual({ taken: true });
    const [line, count] = readFileSync(out, "utf8").trim().split("\n");
    const words = `${out}|a b; $(id)|*|`;
    expect(line).toStartWith(words);
    expect(JSON.parse(line!.slice(words.length))).toEqual({ action: "trigger", alarm: { ...alarm }, source: "gw1" });
    expect(count).toBe("0");
  });

  test("that fails says why, one that is not there too", async () => {
    const { path } = script("echo no pager >&2; exit 3");
    expect(await new Command([path], "gw1", 5_000).send(event("trigger"))).toEqual({
      taken: false,
      why: `${path}: ended with 3: no pager`,
      again: true,
    });
    expect(await new Command(["/nowhere/pager"], "gw1", 5_000).send(event("trigger"))).toMatchObject({ taken: false });
  });

  test("that does not end is ended, and all that it has started", async () => {
    const { path, out } = script('sleep 60 & echo $! > "$1"; wait');
    const sent = await new Command([path, out], "gw1", 2_000).send(event("trigger"));
    expect(sent).toMatchObject({ taken: false, why: `${path}: not ended within 2000 ms` });
    const child = Number(readFileSync(out, "utf8"));
    await until("the end of its child", () => !existsSync(`/proc/${child}/exe`) || isZombie(child));
  });

  test("that does not read its input has taken the event", async () => {
    const { path } = script("exit 0");
    expect(await new Command([path], "gw1", 5_000).send(event("trigger"))).toEqual({ taken: true });
  });
});

function isZombie(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}
