import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { type Field, frame, LOGON, now } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { seedOf } from "../property.ts";
import { type Authority, Certificates, type Files, OPENSSL, peerTls } from "./certificates.ts";
import { Client } from "./client.ts";
import { freePort, Gateway } from "./gateway.ts";
import { type Change, RecordProxy } from "./record-proxy.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(120_000);

/** Of what is drawn. */
const SEED = seedOf(process.env.SALLYPORT_TEST_SEED);
const DRAWN = 40;
const HEADER_BYTES = 5;
const DATA = 0x17;
const ALERT = 0x15;
/** Most bytes of a record in TLS 1.2; one of TLS 1.3 has fewer. */
const MOST_BYTES = 16_384 + 2_048;
const WRONG = /: a wrong TLS record, or an alert of the peer: \S+/;
const CUT = /: the peer ended TCP without the end of TLS \(close_notify\)/;
const EITHER = new RegExp(`${WRONG.source}|${CUT.source}`);

let drawn = SEED;

function random(below: number): number {
  drawn = (Math.imul(drawn, 1_103_515_245) + 12_345) & 0x7fffffff;
  return (drawn >> 8) % below;
}

function randomBytes(count: number): Buffer {
  return Buffer.from(Array.from({ length: count }, () => random(256)));
}

function record(type: number, body: Buffer, bytes = body.length): Buffer {
  return Buffer.concat([Buffer.from([type, 3, 3, bytes >> 8, bytes & 255]), body]);
}

function withByte(bytes: Buffer, at: number, value: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = value;
  return changed;
}

/** One of its bytes, but another. */
function flipped(bytes: Buffer, from: number): Buffer {
  const at = from + random(bytes.length - from);
  return withByte(bytes, at, bytes[at]! ^ (1 + random(255)));
}

/** How a record is changed, and what the log says then; `comes`: what was in the record has come. */
const CHANGES: [what: string, change: Change, reason: RegExp, comes?: boolean][] = [
  ["a byte of its content", (one) => ({ bytes: flipped(one, HEADER_BYTES) }), WRONG],
  ["its type: handshake", (one) => ({ bytes: withByte(one, 0, 0x16) }), WRONG],
  ["its type: alert", (one) => ({ bytes: withByte(one, 0, ALERT) }), WRONG],
  ["its type: change of ciphers", (one) => ({ bytes: withByte(one, 0, 0x14) }), WRONG],
  ["its type: unknown", (one) => ({ bytes: withByte(one, 0, 0x63) }), WRONG],
  ["its version", (one) => ({ bytes: withByte(one, 1, 9) }), WRONG],
  ["a shorter length", (one) => ({ bytes: withByte(one, 4, one[4]! - 1) }), WRONG],
  ["too long", () => ({ bytes: record(DATA, randomBytes(MOST_BYTES + 1)) }), WRONG],
  ["a length too long, and no more", () => ({ bytes: record(DATA, Buffer.alloc(9), 65_535), ends: true }), WRONG],
  ["no content", (one) => ({ bytes: Buffer.concat([record(DATA, Buffer.alloc(0)), one]) }), WRONG],
  ["cut in its header", (one) => ({ bytes: one.subarray(0, 3), ends: true }), CUT],
  ["cut in its content", (one) => ({ bytes: one.subarray(0, one.length - 4), ends: true }), CUT],
  ["cut before it", () => ({ bytes: Buffer.alloc(0), ends: true }), CUT],
  ["twice", (one) => ({ bytes: Buffer.concat([one, one]) }), WRONG, true],
  ["a fatal alert in plain text", () => ({ bytes: record(ALERT, Buffer.from([2, 40])) }), WRONG],
  ["an end (close_notify) in plain text", () => ({ bytes: record(ALERT, Buffer.from([1, 0])) }), WRONG],
  ["FIX in plain text", () => ({ bytes: Buffer.from(heartbeat(), "latin1") }), WRONG],
  ["FIX in a record that is not encrypted", () => ({ bytes: record(DATA, Buffer.from(heartbeat(), "latin1")) }), WRONG],
  ["HTTP", () => ({ bytes: Buffer.from("GET / HTTP/1.1\r\n\r\n") }), WRONG],
  ["other bytes", () => ({ bytes: randomBytes(64), ends: true }), EITHER],
];

/** Some bytes at any place are others, and it may be cut. */
function anyChange(one: Buffer): { bytes: Buffer; ends: boolean } {
  let bytes = flipped(one, HEADER_BYTES);
  for (let changes = random(5); changes > 0; changes--) bytes = flipped(bytes, 0);
  return { bytes: bytes.subarray(0, random(3) === 0 ? random(bytes.length) : bytes.length), ends: true };
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

function heartbeat(): string {
  return message("0", 2, []);
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

describe.skipIf(OPENSSL === null)("changed TLS records after the handshake (needs the openssl command)", () => {
  let all: Certificates;
  let main: Authority;
  let server: Files;
  let alice: Files;

  beforeAll(() => {
    all = new Certificates();
    main = all.authority("main");
    server = all.make("server", { subject: "/CN=gateway", names: "DNS:localhost,IP:127.0.0.1", by: main });
    alice = all.make("alice", { subject: "/CN=ALICE", by: main });
  });

  afterAll(() => all?.remove());

  test(`of a client: its session ends with the reason, others go on; seed ${SEED}`, async () => {
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
      const bystander = new Client("BOB", port, {}, { ...peerTls(main.certificate, alice), serverName: "localhost" });
      await bystander.logon();
      await venueUp(bystander);
      let quantity = 1_000;
      const one = async (version: string, what: string, change: Change, reason: RegExp, comes = false) => {
        const from = gateway.log.length;
        const hint = () => [`seed ${SEED}`, version, what, gateway.log.slice(from)];
        const own = ["-cert", alice.certificate, "-key", alice.key, "-CAfile", main.certificate];
        const to = ["s_client", "-quiet", version, "-connect", `127.0.0.1:${proxy.port}`, "-servername", "localhost"];
        const child = Bun.spawn([OPENSSL!, ...to, ...own], { stdin: "pipe", stdout: "ignore", stderr: "ignore" });
        try {
          child.stdin.write(message(LOGON, 1, [[98, 0], [108, 30], [141, "Y"]])); // biome-ignore format: one line
          child.stdin.flush();
          const on = () => gateway.log.slice(from).includes("client ALICE: logged on");
          await until("a logon", on, undefined, hint);
          proxy.change = change;
          child.stdin.write(order(2, ++quantity));
          child.stdin.flush();
          const said = new RegExp(`client ALICE: disconnected${reason.source}`);
          const ended = () => /client ALICE: disconnected.*\n/.test(gateway.log.slice(from));
          await until("an end", ended, undefined, hint);
          expect(gateway.log.slice(from), String(hint())).toMatch(said);
          await bystander.report(bystander.order({ 38: 1 }), "0");
          const came = venue.received.filter((got) => got.type === "D" && got.number(38) === quantity).length;
          expect(came, String(hint())).toBe(comes ? 1 : 0);
        } finally {
          child.kill("SIGKILL");
          await child.exited;
        }
      };
      for (const version of ["-tls1_3", "-tls1_2"]) {
        for (const [what, change, reason, comes] of CHANGES) await one(version, what, change, reason, comes);
        for (let i = 0; i < DRAWN / 2; i++) await one(version, `drawn ${i}`, anyChange, EITHER);
      }
      const client = new Client("ALICE", port, {}, { ...peerTls(main.certificate, alice), serverName: "localhost" });
      await client.logon(true);
      await client.report(client.order({ 38: 1 }), "0");
      expect([...client.faults, ...bystander.faults, ...venue.faults]).toEqual([]);
      expect(gateway.log).not.toMatch(/ERROR|FATAL/);
    } finally {
      proxy.stop();
      venue.stop();
      await gateway.remove();
    }
  });

  test(`of a venue: it is down with the reason, comes again, and no order is lost; seed ${SEED}`, async () => {
    const venue = new Venue(freePort());
    const proxy = new RecordProxy(() => venue.port, "called");
    const gateway = new Gateway({ tables: `[venues.VENUE.tls]\nca = "${main.certificate}"\n` });
    await Bun.write(
      gateway.configFile,
      (await Bun.file(gateway.configFile).text()).replace(
        `address = "127.0.0.1:${gateway.venuePort}"`,
        `address = "127.0.0.1:${proxy.port}"`,
      ),
    );
    try {
      const { cert, key } = peerTls(main.certificate, server) as { cert: string; key: string };
      venue.listen({ cert, key });
      await proxy.listen();
      await gateway.start();
      const client = new Client("ALICE", gateway.clientPort);
      await client.logon();
      await venueUp(client);
      let quantity = 1_000;
      const drawn = Array.from({ length: DRAWN / 4 }, (): (typeof CHANGES)[number] => ["drawn", anyChange, EITHER]);
      for (const [what, change, reason] of [...CHANGES, ...drawn]) {
        const from = gateway.log.length;
        const hint = () => [`seed ${SEED}`, what, gateway.log.slice(from)];
        const clOrdId = client.order({ 38: ++quantity });
        const at = await venue.orderOf(quantity);
        await client.report(clOrdId, "0");
        proxy.change = change;
        venue.fill(at, quantity);
        const ended = () => /venue VENUE: down.*\n/.test(gateway.log.slice(from));
        await until("an end", ended, undefined, hint);
        expect(gateway.log.slice(from), String(hint())).toMatch(new RegExp(`venue VENUE: down${reason.source}`));
        // What did not come is asked for and sent again.
        await gateway.said("venue VENUE: up", from);
        const filled = await client.report(clOrdId, "F");
        expect(filled.number(14)).toBe(quantity);
      }
      await client.settle();
      const fills = client.received.filter((got) => got.type === "8" && got.get(150) === "F");
      expect(fills.length).toBe(CHANGES.length + drawn.length);
      expect([...client.faults, ...venue.faults]).toEqual([]);
      expect(gateway.log).not.toMatch(/ERROR|FATAL/);
    } finally {
      proxy.stop();
      venue.stop();
      await gateway.remove();
    }
  });
});
