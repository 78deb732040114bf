import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { connect as connectPlain, createServer, type Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { until } from "../eventually.ts";
import { type Authority, Certificates, type Files, OPENSSL, peerTls } from "./certificates.ts";
import { Client } from "./client.ts";
import { freePort, Gateway } from "./gateway.ts";

setDefaultTimeout(90_000);

const SLOTS = 32;
const COUNT = 96;
/** Much, but less than the time for which a silent peer keeps its place where others wait. */
const LATE_MS = 700;
/** The default of handshakeTimeoutMs. */
const HANDSHAKE_MS = 5_000;

describe.skipIf(OPENSSL === null)("slow peers whose TLS handshakes have to wait (needs the openssl command)", () => {
  let all: Certificates;
  let main: Authority;
  let alice: Files;
  let server: Files;

  beforeAll(() => {
    all = new Certificates();
    main = all.authority("main");
    server = all.make("server", { subject: "/CN=gateway", names: "DNS:localhost,IP:127.0.0.1", by: main });
    alice = all.make("alice", { subject: "/CN=ALICE", by: main });
  });

  afterAll(() => all?.remove());

  /** A line from an address to the gateway, which is so late with each byte. */
  async function line(to: number, from: string, lateMs: number): Promise<{ port: number; stop: () => void }> {
    const port = freePort();
    const sockets: Socket[] = [];
    const server = createServer((caller) => {
      const called = connectPlain({ host: "127.0.0.1", port: to, localAddress: from });
      for (const one of [caller, called]) one.on("error", () => {});
      caller.on("data", (bytes) => setTimeout(() => called.write(bytes), lateMs));
      called.on("data", (bytes) => caller.write(bytes));
      called.on("close", () => caller.destroy());
      sockets.push(caller, called);
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", COUNT, resolve));
    const stop = () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    };
    return { port, stop };
  }

  function started(port: number): Gateway {
    return new Gateway({
      client: `maxConnections = ${COUNT + 16}\nmaxBeforeLogon = ${COUNT + 8}\nlogonTimeoutMs = 60_000`,
      tables: `[client.tls]
listen = "127.0.0.1:${port}"
certificate = "${server.certificate}"
key = "${server.key}"
ca = "${main.certificate}"
maxHandshakes = ${SLOTS}
maxHandshakesPerAddress = ${COUNT}
`,
    });
  }

  const WAITS = `${SLOTS} handshakes are under way (client.tls.maxHandshakes): further connections wait`;

  test.each([1, 2, COUNT])("all get in, from addresses: %p", async (addressCount) => {
    const port = freePort();
    const gateway = started(port);
    const lines = await Promise.all(
      Array.from({ length: addressCount }, (_, i) => line(port, `127.0.0.${2 + i}`, LATE_MS)),
    );
    const open: TLSSocket[] = [];
    let made = 0;
    let ended = 0;
    try {
      await gateway.start();
      for (let i = 0; i < COUNT; i++) {
        const to = { host: "127.0.0.1", port: lines[i % addressCount]!.port, servername: "localhost" };
        const socket = connect({ ...to, ...peerTls(main.certificate, alice) });
        socket.on("secureConnect", () => made++);
        socket.on("error", () => {});
        socket.on("close", () => ended++);
        open.push(socket);
      }
      const seen = () => [made, ended, gateway.log];
      await until("an end of each handshake", () => made + ended >= COUNT, 60_000, seen);
      // The gateway has the client's last bytes later than the client has the gateway's.
      await Bun.sleep(3 * LATE_MS);
      expect(gateway.log).toContain(WAITS);
      expect(gateway.log.split("\n").filter((line) => line.includes("connection refused"))).toEqual([]);
      expect([made, ended]).toEqual([COUNT, 0]);
    } finally {
      for (const socket of open) socket.destroy();
      for (const one of lines) one.stop();
      await gateway.remove();
    }
  });

  test("one of an address whose silent connections have all places waits until the first of them gives way", async () => {
    const port = freePort();
    const gateway = started(port);
    const own = await line(port, "127.0.0.2", 0);
    const silent: Socket[] = [];
    try {
      await gateway.start();
      for (let i = 0; i < SLOTS; i++) {
        const socket = connectPlain({ host: "127.0.0.1", port, localAddress: "127.0.0.2" });
        socket.on("error", () => {});
        silent.push(socket);
      }
      await until("the silent ones", () => silent.every(({ connecting }) => !connecting));
      const client = new Client(
        "ALICE",
        own.port,
        {},
        { ...peerTls(main.certificate, alice), serverName: "localhost" },
      );
      await client.logon();
      await client.logout();
      const ended = `no byte came in (\\d+) ms, ${SLOTS} of its address were under way`;
      const said = new RegExp(`a newer one took its place: ${ended}`).exec(gateway.log);
      expect(Number(said?.[1])).toBeGreaterThanOrEqual(HANDSHAKE_MS / 4);
      expect(gateway.log).toContain(WAITS);
    } finally {
      for (const socket of silent) socket.destroy();
      own.stop();
      await gateway.remove();
    }
  });
});
