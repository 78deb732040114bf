import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { until } from "../eventually.ts";
import { type Authority, Certificates, type Files, OPENSSL, peerTls } from "./certificates.ts";
import { Client } from "./client.ts";
import { freePort, Gateway } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const SLOTS = 32;
const SHARE = 8;
/** After a quarter of it a silent one gives its place. */
const HANDSHAKE_MS = 10_000;
const CROWDED = "connection refused: too many TLS handshakes at once: a newer one took its place: ";

describe.skipIf(OPENSSL === null)("all TLS handshakes at once are taken (needs the openssl command)", () => {
  let all: Certificates;
  let main: Authority;
  let alice: Files;
  let gateway: Gateway;
  let venue: Venue;
  let port: number;
  let apiPort: number;
  const open: Socket[] = [];

  beforeAll(async () => {
    all = new Certificates();
    main = all.authority("main");
    const server = all.make("server", { subject: "/CN=gateway", names: "DNS:localhost,IP:127.0.0.1", by: main });
    alice = all.make("alice", { subject: "/CN=ALICE", by: main });
    port = freePort();
    apiPort = freePort();
    const table = (name: string, listen: number) => `
[${name}.tls]
listen = "127.0.0.1:${listen}"
certificate = "${server.certificate}"
key = "${server.key}"
ca = "${main.certificate}"
maxHandshakes = ${SLOTS}
maxHandshakesPerAddress = ${SHARE}
handshakeTimeoutMs = ${HANDSHAKE_MS}
`;
    gateway = new Gateway({
      tables: `${table("client", port)}${table("admin", apiPort)}
[admin.certificates.ops]
certificate = "CN=ALICE"
role = "operate"
`,
    });
    venue = new Venue(gateway.venuePort);
    venue.listen();
    await gateway.start();
  });

  afterEach(() => {
    for (const socket of open.splice(0)) socket.destroy();
  });

  afterAll(async () => {
    venue?.stop();
    await gateway?.remove();
    all?.remove();
  });

  interface Silent {
    readonly from: string;
    isOver: boolean;
  }

  /** Connections that send these bytes, and no more. */
  async function silent(to: number, from: string, count: number, bytes = ""): Promise<Silent[]> {
    const made: Silent[] = [];
    for (let i = 0; i < count; i++) {
      const opened = Promise.withResolvers<void>();
      const socket = connect({ host: "127.0.0.1", port: to, localAddress: from }, opened.resolve);
      const one: Silent = { from, isOver: false };
      socket.on("error", () => {});
      socket.on("close", () => {
        one.isOver = true;
      });
      socket.resume();
      if (bytes !== "") socket.write(Buffer.from(bytes, "latin1"));
      open.push(socket);
      made.push(one);
      await opened.promise;
    }
    return made;
  }

  /** As many as there may be: most are of one address. */
  async function crowd(to: number): Promise<Silent[]> {
    const most = await silent(to, "127.0.0.2", SHARE);
    const begun = await silent(to, "127.0.0.3", SHARE - 1, "\x16\x03\x01\x02\x00\x01");
    const others: Silent[] = [];
    for (let host = 4; most.length + begun.length + others.length < SLOTS; host++)
      others.push(...(await silent(to, `127.0.0.${host}`, 1)));
    return [...most, ...begun, ...others];
  }

  test("by silent connections of many addresses: a client gets in, and the address with most has one less", async () => {
    const from = gateway.log.length;
    const before = await crowd(port);
    const client = new Client("ALICE", port, {}, { ...peerTls(main.certificate, alice), serverName: "localhost" });
    await client.logon();
    await venueUp(client);
    await client.report(client.order({ 38: 1 }), "0");
    await gateway.said(
      new RegExp(
        `client side: ${CROWDED}no byte came in \\d+ ms, ${SHARE} of its address were under way; peer 127\\.0\\.0\\.2:`,
      ),
      from,
    );
    await until("its end", () => before.some(({ isOver }) => isOver));
    expect(new Set(before.filter(({ isOver }) => isOver).map((one) => one.from))).toEqual(new Set(["127.0.0.2"]));
    await client.logout();
  });

  test("more of an address that has its share change nothing", async () => {
    const before = await crowd(port);
    const more = await silent(port, "127.0.0.2", 5);
    await until("their ends", () => more.every(({ isOver }) => isOver));
    expect(before.filter(({ isOver }) => isOver)).toEqual([]);
  });

  test("at the address of the API: an operator gets in, and the metrics have the reason", async () => {
    const from = gateway.log.length;
    await crowd(apiPort);
    const answer = await fetch(`https://127.0.0.1:${apiPort}/metrics`, {
      tls: peerTls(main.certificate, alice),
      keepalive: false,
    });
    expect(answer.status).toBe(200);
    const reason = "too many TLS handshakes at once: a newer one took its place";
    expect(await answer.text()).toMatch(
      new RegExp(`sallyport_connections_refused_total\\{reason="${reason}"\\} [1-9]`),
    );
    await gateway.said(`operator: ${CROWDED}no byte came`, from);
  });
});
