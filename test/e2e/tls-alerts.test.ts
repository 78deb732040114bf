import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { type Field, frame, LOGON, now } from "../../src/counterparty/message.ts";
import { until, within } from "../eventually.ts";
import { type Authority, Certificates, type Files, OPENSSL } from "./certificates.ts";
import { Client } from "./client.ts";
import { freePort, Gateway } from "./gateway.ts";
import { RecordKeys, SUITES, type Version } from "./record-keys.ts";
import { type Changed, RecordProxy, type Sent } from "./record-proxy.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(120_000);

const ALERT = 0x15;
const DATA = 0x17;
const WARNING = 1;
const FATAL = 2;
const CLOSE_NOTIFY = 0;
const INTERNAL_ERROR = 80;
const USER_CANCELED = 90;
const NO_RENEGOTIATION = 100;
const UNRECOGNIZED_NAME = 112;
const UNKNOWN = 255;
const VERSIONS: readonly Version[] = ["-tls1_3", "-tls1_2"];

const WRONG = "a wrong TLS record, or an alert of the peer: ";
const PROPER = "peer closed the connection";
const CUT = "the peer ended TCP without the end of TLS (close_notify)";

/** What comes in place of a record with one FIX message. */
type Made = (data: Buffer, keys: RecordKeys) => { bytes: Buffer[]; ends?: boolean };

interface Case {
  readonly what: string;
  readonly made: Made;
  /** How the log says that the connection ended; null: it does not end. */
  readonly ends: string | null;
  /** The message was taken. */
  readonly comes: boolean;
}

const alert = (keys: RecordKeys, level: number, description: number): Buffer =>
  keys.seal(ALERT, Buffer.of(level, description));

function casesOf(version: Version): Case[] {
  const isLater = version === "-tls1_3";
  const warnings =
    (count: number): Made =>
    (data, keys) => ({
      bytes: [...Array.from({ length: count }, () => alert(keys, WARNING, USER_CANCELED)), keys.seal(DATA, data)],
    });
  return [
    {
      what: "a fatal alert, and the message behind it",
      made: (data, keys) => ({ bytes: [alert(keys, FATAL, INTERNAL_ERROR), keys.seal(DATA, data)] }),
      ends: `${WRONG}tlsv1 alert internal error`,
      comes: false,
    },
    {
      what: "the message, and a fatal alert behind it",
      made: (data, keys) => ({ bytes: [keys.seal(DATA, data), alert(keys, FATAL, INTERNAL_ERROR)] }),
      ends: `${WRONG}tlsv1 alert internal error`,
      comes: true,
    },
    {
      what: "an alert that nobody has defined",
      made: (data, keys) => ({ bytes: [alert(keys, FATAL, UNKNOWN), keys.seal(DATA, data)] }),
      ends: WRONG,
      comes: false,
    },
    {
      what: "an alert of one byte",
      made: (data, keys) => ({ bytes: [keys.seal(ALERT, Buffer.of(FATAL)), keys.seal(DATA, data)] }),
      ends: WRONG,
      comes: false,
    },
    {
      what: "the end (close_notify), and the message behind it",
      made: (data, keys) => ({ bytes: [alert(keys, WARNING, CLOSE_NOTIFY), keys.seal(DATA, data)] }),
      ends: PROPER,
      comes: false,
    },
    {
      what: "the message, and the end behind it",
      made: (data, keys) => ({ bytes: [keys.seal(DATA, data), alert(keys, WARNING, CLOSE_NOTIFY)] }),
      ends: PROPER,
      comes: true,
    },
    {
      what: "the end in the middle of a message",
      made: (data, keys) => ({ bytes: [keys.seal(DATA, data.subarray(0, 60)), alert(keys, WARNING, CLOSE_NOTIFY)] }),
      ends: PROPER,
      comes: false,
    },
    {
      what: "the end in the middle of a record, and of TCP",
      made: (data, keys) => {
        const cut = keys.seal(DATA, Buffer.concat([data, data])).subarray(0, 40);
        return { bytes: [cut, alert(keys, WARNING, CLOSE_NOTIFY)], ends: true };
      },
      ends: CUT,
      comes: false,
    },
    { what: "a warning before the message", made: warnings(1), ends: null, comes: true },
    { what: "a flood of warnings", made: warnings(8), ends: `${WRONG}too many warn alerts`, comes: false },
    {
      what: "a warning that TLS 1.3 no longer has",
      made: (data, keys) => ({ bytes: [alert(keys, WARNING, UNRECOGNIZED_NAME), keys.seal(DATA, data)] }),
      ends: isLater ? WRONG : null,
      comes: !isLater,
    },
    {
      what: "the refusal of a renegotiation that nobody has asked for",
      made: (data, keys) => ({ bytes: [alert(keys, WARNING, NO_RENEGOTIATION), keys.seal(DATA, data)] }),
      ends: WRONG,
      comes: false,
    },
  ];
}

/** Replaces a record by what the case makes of it. */
function change(one: Case, version: Version, side: "client" | "server", keyLog: string) {
  return (record: Buffer, before: Sent): Changed => {
    const keys = new RecordKeys(version, side, keyLog, before);
    const { bytes, ends = false } = one.made(keys.look(record), keys);
    return { bytes: Buffer.concat(bytes), ends };
  };
}

function message(type: string, sequence: number, body: Field[]): string {
  const head: Field[] = [
    [35, type],
    [34, sequence],
    [49, "ALICE"],
    [52, now()],
    [56, "GATEWAY"],
  ];
  return frame([...head, ...body]);
}

function order(sequence: number, quantity: number): string {
  return message("D", sequence, [
    [1, "ACC1"],
    [11, `Q${quantity}`],
    [38, quantity],
    [40, 2],
    [44, "150"],
    [54, 1],
    [55, "AAPL"],
    [59, 0],
    [60, now()],
  ]);
}

async function reads(stream: ReadableStream<Uint8Array>, wanted: string): Promise<void> {
  let text = "";
  for await (const chunk of stream) {
    text += new TextDecoder().decode(chunk);
    if (text.includes(wanted)) return;
  }
  throw new Error(`expected ${wanted}, got ${text}`);
}

describe.skipIf(OPENSSL === null)("alerts of TLS within the stream (need the openssl command)", () => {
  let all: Certificates;
  let main: Authority;
  let server: Files;
  let alice: Files;
  let logs = 0;

  beforeAll(() => {
    all = new Certificates();
    main = all.authority("main");
    server = all.make("server", { subject: "/CN=gateway", names: "DNS:localhost,IP:127.0.0.1", by: main });
    alice = all.make("alice", { subject: "/CN=ALICE", by: main });
  });

  afterAll(() => all?.remove());

  const keyLogPath = (): string => all.path(`keys-${++logs}`);

  test("of a client: its session ends as the alert says, or goes on, and others go on", async () => {
    const port = freePort();
    const gateway = new Gateway({
      tables: `[client.tls]
listen = "127.0.0.1:${port}"
certificate = "${server.certificate}"
key = "${server.key}"
ca = "${main.certificate}"
`,
    });
    const venue = new Venue(gateway.venuePort);
    const proxy = new RecordProxy(() => port, "caller");
    try {
      venue.listen();
      await proxy.listen();
      await gateway.start();
      const bystander = new Client("BOB", gateway.clientPort);
      await bystander.logon();
      await venueUp(bystander);
      let quantity = 1_000;
      const take = async (one: Case, version: Version): Promise<void> => {
        const from = gateway.log.length;
        const hint = () => [version, one.what, gateway.log.slice(from)];
        const keyLog = keyLogPath();
        const own = ["-cert", alice.certificate, "-key", alice.key, "-CAfile", main.certificate];
        const to = ["-connect", `127.0.0.1:${proxy.port}`, "-servername", "localhost", "-keylogfile", keyLog];
        const child = Bun.spawn([OPENSSL!, "s_client", "-quiet", version, ...SUITES[version], ...to, ...own], {
          stdin: "pipe",
          stdout: "ignore",
          stderr: "ignore",
        });
        const log = (): string => gateway.log.slice(from);
        try {
          child.stdin.write(message(LOGON, 1, [[98, 0], [108, 30], [141, "Y"]])); // biome-ignore format: one line
          child.stdin.flush();
          await until("a logon", () => log().includes("client ALICE: logged on"), undefined, hint);
          proxy.change = change(one, version, "client", keyLog);
          child.stdin.write(order(2, ++quantity));
          child.stdin.flush();
          const seen = () => venue.received.filter((got) => got.type === "D" && got.number(38) === quantity).length;
          // Its openssl does not know of the record that has come in between, and can't send more.
          if (one.ends === null) {
            await until("its order", () => seen() === 1, undefined, hint);
            expect(log()).not.toContain("client ALICE: disconnected");
            return;
          }
          await until("an end", () => /client ALICE: disconnected.*\n/.test(log()), undefined, hint);
          expect(log(), String(hint())).toContain(`client ALICE: disconnected: ${one.ends}`);
          await bystander.report(bystander.order({ 38: 1 }), "0");
          expect(seen(), String(hint())).toBe(one.comes ? 1 : 0);
        } finally {
          child.kill("SIGKILL");
          await child.exited;
          const ons = () => log().split("client ALICE: logged on").length;
          const offs = () => log().split("client ALICE: disconnected").length;
          await until("its end", () => ons() === offs(), undefined, hint);
        }
      };
      for (const version of VERSIONS) for (const one of casesOf(version)) await take(one, version);
      // The dashboard and the alarm say the same: these are words of OpenSSL, not of the peer.
      const { body } = await fetch("http://localhost/v1/events", { unix: join(gateway.data, "admin.sock") });
      await within("the end on the dashboard", reads(body!, `"lastDisconnect":"${WRONG}no renegotiation"`));
      expect([...bystander.faults, ...venue.faults]).toEqual([]);
      expect(gateway.log).not.toMatch(/ERROR|FATAL/);
    } finally {
      proxy.stop();
      venue.stop();
      await gateway.remove();
    }
  });

  /** The venue's TLS: openssl s_server, which passes one connection on to the port `to`. */
  function front(version: Version, port: number, to: number, keyLog: string) {
    const own = ["-cert", server.certificate, "-key", server.key, "-keylogfile", keyLog];
    const how = ["-quiet", version, ...SUITES[version], "-accept", `127.0.0.1:${port}`, "-naccept", "1"];
    const child = Bun.spawn([OPENSSL!, "s_server", ...how, ...own], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "ignore",
    });
    let socket: Socket | null = null;
    const pass = async (): Promise<void> => {
      for await (const chunk of child.stdout) {
        socket ??= connect(to, "127.0.0.1")
          .on("error", () => {})
          .on("data", (bytes: Buffer) => {
            child.stdin.write(bytes);
            child.stdin.flush();
          });
        socket.write(chunk);
      }
      socket?.destroy();
    };
    void pass();
    return async (): Promise<void> => {
      child.kill("SIGKILL");
      await child.exited;
      socket?.destroy();
    };
  }

  test("of a venue: it is down as the alert says, or stays up, and no fill is lost", async () => {
    const venue = new Venue(freePort());
    const port = freePort();
    const proxy = new RecordProxy(() => port, "called");
    const gateway = new Gateway({ tables: `[venues.VENUE.tls]\nca = "${main.certificate}"\n` });
    await Bun.write(
      gateway.configFile,
      (await Bun.file(gateway.configFile).text()).replace(
        `address = "127.0.0.1:${gateway.venuePort}"`,
        `address = "127.0.0.1:${proxy.port}"`,
      ),
    );
    let stop = async (): Promise<void> => {};
    try {
      venue.listen();
      await proxy.listen();
      await gateway.start();
      const client = new Client("ALICE", gateway.clientPort);
      await client.logon();
      let quantity = 1_000;
      for (const version of VERSIONS)
        for (const one of casesOf(version)) {
          const from = gateway.log.length;
          const log = (): string => gateway.log.slice(from);
          const hint = () => [version, one.what, log()];
          let keyLog = keyLogPath();
          stop = front(version, port, venue.port, keyLog);
          await until("the venue", () => log().includes("venue VENUE: up"), undefined, hint);
          const clOrdId = client.order({ 38: ++quantity });
          const at = await venue.orderOf(quantity);
          await client.report(clOrdId, "0");
          proxy.change = change(one, version, "server", keyLog);
          venue.fill(at, quantity);
          if (one.ends === null) {
            await client.report(clOrdId, "F");
            expect(log()).not.toContain("venue VENUE: down");
            await stop();
            await until("its end", () => log().includes("venue VENUE: down"), undefined, hint);
            continue;
          }
          await until("an end", () => /venue VENUE: down.*\n/.test(log()), undefined, hint);
          expect(log(), String(hint())).toContain(`venue VENUE: down: ${one.ends}`);
          await stop();
          const upFrom = gateway.log.length;
          keyLog = keyLogPath();
          stop = front(version, port, venue.port, keyLog);
          await gateway.said("venue VENUE: up", upFrom);
          // What did not come is asked for and sent again.
          const filled = await client.report(clOrdId, "F");
          expect(filled.number(14)).toBe(quantity);
          await stop();
          await gateway.said("venue VENUE: down", upFrom);
        }
      await client.settle();
      const fills = client.received.filter((got) => got.type === "8" && got.get(150) === "F");
      expect(fills.length).toBe(VERSIONS.reduce((count, version) => count + casesOf(version).length, 0));
      expect([...client.faults, ...venue.faults]).toEqual([]);
      expect(gateway.log).not.toMatch(/ERROR|FATAL/);
    } finally {
      await stop();
      proxy.stop();
      venue.stop();
      await gateway.remove();
    }
  });
});
