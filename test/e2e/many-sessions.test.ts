import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { type Field, frame, LOGON, now } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { Gateway } from "./gateway.ts";
import { Venue } from "./venue.ts";

setDefaultTimeout(120_000);

const SESSIONS = 10_000;
/** Connections that are being made at a time: fewer than the listener's queue holds. */
const AT_ONCE = 500;
/** Descriptors of either process beside the connections. */
const OTHERS = 500;
/** A session takes 58 to 65 KiB with its part of all tables: what the collector has not yet freed makes the range. */
const MOST_KIB = 70;

const descriptors = Number(/^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1]);

function anonymousKib(pid: number): number {
  return Number(/RssAnon:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]);
}

function bytesOf(index: number, type: string, sequence: number, body: Field[]): string {
  return frame([[35, type], [34, sequence], [49, `S${index}`], [52, now()], [56, "GATEWAY"], ...body]);
}

/** Sessions S0, S1 … on connections of this process. */
class Many {
  readonly sockets: Bun.Socket<number>[] = [];
  /** By session: what the gateway has sent. */
  readonly came: string[] = [];
  loggedOn = 0;
  closed = 0;

  async connect(port: number, from: number, to: number): Promise<void> {
    const handlers = {
      data: ({ data: index }: Bun.Socket<number>, bytes: Buffer): void => {
        this.came[index] += bytes.toString("latin1");
        if (bytes.includes("\x0135=A\x01")) this.loggedOn++;
      },
      close: (): void => {
        this.closed++;
      },
    };
    const connections = Array.from({ length: to - from }, async (_, i) => {
      const index = from + i;
      this.came[index] = "";
      const socket = await Bun.connect({ hostname: "127.0.0.1", port, data: index, socket: handlers });
      this.sockets[index] = socket;
      this.say(index, LOGON, 1, [
        [98, 0],
        [108, 60],
        [141, "Y"],
      ]);
    });
    await Promise.all(connections);
    await until(`Logons of sessions up to ${to}`, () => this.loggedOn >= to);
  }

  say(index: number, type: string, sequence: number, body: Field[]): void {
    this.sockets[index]!.write(bytesOf(index, type, sequence, body));
  }
}

async function ready(sessions: number): Promise<Gateway> {
  const tables = Array.from({ length: sessions }, (_, i) => `[client.sessions.S${i}]\naccounts = ["ACC1"]`).join("\n");
  const gateway = new Gateway({ client: `maxConnections = ${sessions + 16}`, tables });
  await gateway.start();
  return gateway;
}

// This process and the gateway each need a descriptor for every connection.
test.skipIf(!(descriptors >= SESSIONS + OTHERS))(
  "10,000 sessions are logged on at once, each trades, and none takes much memory",
  async () => {
    const small = await ready(1);
    const smallKib = anonymousKib(small.pid);
    await small.remove();
    const gateway = await ready(SESSIONS);
    const venue = new Venue(gateway.venuePort);
    const many = new Many();
    try {
      venue.listen();
      await venue.waitType(LOGON);
      for (let i = 0; i < SESSIONS; i += AT_ONCE) await many.connect(gateway.clientPort, i, i + AT_ONCE);
      const kib = (anonymousKib(gateway.pid) - smallKib) / SESSIONS;
      expect(kib).toBeLessThan(MOST_KIB);
      for (const index of [0, 1, SESSIONS / 2, SESSIONS - 1]) {
        many.say(index, "D", 2, [
          [1, "ACC1"],
          [11, `O${index}`],
          [21, 1],
          [38, 100 + index],
          [40, 2],
          [44, "149"],
          [54, 1],
          [55, "AAPL"],
          [60, now()],
        ]);
        await venue.orderOf(100 + index);
        await until("its report", () => many.came[index]!.includes("\x01150=0\x01"));
      }
      expect(many.closed).toBe(0);
    } finally {
      for (const socket of many.sockets) socket.terminate();
      venue.stop();
      await gateway.remove();
    }
  },
);
