import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { connect as connectPlain, type Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { until } from "../eventually.ts";
import { type Authority, Certificates, type Files, OPENSSL, peerTls } from "./certificates.ts";
import { Client } from "./client.ts";
import { freePort, Gateway } from "./gateway.ts";
import { refusedIn } from "./refusals.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(90_000);

const COUNT = 1_000;

describe.skipIf(OPENSSL === null)("a storm of TLS handshakes (needs the openssl command)", () => {
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

  /** Begins all handshakes at once. Resolves with the connections that got in, once each has got in or has ended. */
  async function storm(port: number): Promise<{ sockets: TLSSocket[]; made: number }> {
    const options = { host: "127.0.0.1", port, servername: "localhost", ...peerTls(main.certificate, alice) };
    let made = 0;
    let ended = 0;
    const sockets = Array.from({ length: COUNT }, () => {
      const socket = connect(options);
      let isIn = false;
      socket.on("secureConnect", () => {
        isIn = true;
        made++;
      });
      socket.on("error", () => {});
      socket.on("close", () => {
        if (!isIn) ended++;
      });
      return socket;
    });
    await until(
      "an end of each handshake",
      () => made + ended === COUNT,
      60_000,
      () => [made, ended],
    );
    return { sockets, made };
  }

  test.each([
    ["all get in where an address may have as many", COUNT],
    ["those above the share of their address are refused", 8],
  ])("1,000 at once beside a trading session, which loses nothing: %s", async (_what, share) => {
    const port = freePort();
    const gateway = new Gateway({
      client: `maxConnections = ${COUNT + 16}\nmaxBeforeLogon = ${COUNT + 8}\nlogonTimeoutMs = 60_000`,
      tables: `[client.tls]
listen = "127.0.0.1:${port}"
certificate = "${server.certificate}"
key = "${server.key}"
ca = "${main.certificate}"
maxHandshakesPerAddress = ${share}
handshakeTimeoutMs = 60_000
`,
    });
    const venue = new Venue(gateway.venuePort);
    let isOver = false;
    try {
      venue.listen();
      await gateway.start();
      const client = new Client("ALICE", port, {}, { ...peerTls(main.certificate, alice), serverName: "localhost" });
      await client.logon();
      await venueUp(client);
      expect(niceOf(gateway.pid, "tls handshakes")).toBe(15);
      expect(niceOf(gateway.pid, "lane core")).toBe(0);
      const from = gateway.log.length;
      const ids: string[] = [];
      const trading = (async () => {
        while (!isOver || ids.length < 20) {
          ids.push(client.order({ 38: 1 }));
          await Bun.sleep(2);
        }
      })();
      const { sockets, made } = await storm(port);
      isOver = true;
      await trading;
      for (const id of ids) await client.report(id, "0");
      const refused = COUNT - made;
      if (share === COUNT) expect(refused).toBe(0);
      else {
        expect(refused).toBeGreaterThan(0);
        const text = `too many TLS handshakes of its address: ${share} are under way; peer 127.0.0.1:`;
        await until(
          "the count of the refused in the log",
          () => refusedIn(gateway.log.slice(from), text) === refused,
          undefined,
          () => [refused, gateway.log.slice(from)],
        );
        expect(gateway.log.slice(from)).not.toMatch(/TLS handshake (failed|not done)/);
      }
      for (const socket of sockets) socket.destroy();
      // Afterwards it takes others as before.
      await client.logout();
      await client.logon();
      await client.report(client.order({ 38: 1 }), "0");
      expect([...client.faults, ...venue.faults]).toEqual([]);
      expect(gateway.log.slice(from)).not.toContain("ERROR");
    } finally {
      isOver = true;
      venue.stop();
      await gateway.remove();
    }
  });

  test("an operator's kill switch over TLS beside 1,000 silent and 1,000 handshaking connections of clients", async () => {
    const port = freePort();
    const apiPort = freePort();
    const table = (name: string, listen: number) => `[${name}.tls]
listen = "127.0.0.1:${listen}"
certificate = "${server.certificate}"
key = "${server.key}"
ca = "${main.certificate}"
`;
    const gateway = new Gateway({
      client: `maxConnections = ${COUNT + 16}\nmaxBeforeLogon = ${COUNT + 8}\nlogonTimeoutMs = 60_000`,
      tables: `${table("client", port)}maxHandshakes = ${COUNT}
maxHandshakesPerAddress = ${2 * COUNT}
handshakeTimeoutMs = 20_000
${table("admin", apiPort)}
[admin.certificates.ops]
certificate = "CN=ALICE"
role = "operate"
`,
    });
    const venue = new Venue(gateway.venuePort);
    const silent: Socket[] = [];
    try {
      venue.listen();
      await gateway.start();
      expect(niceOf(gateway.pid, "tls handshakes")).toBe(15);
      expect(niceOf(gateway.pid, "tls API, venues")).toBe(0);
      let openCount = 0;
      for (let i = 0; i < COUNT; i++) {
        const socket = connectPlain({ host: "127.0.0.1", port, localAddress: "127.0.0.2" }, () => openCount++);
        socket.on("error", () => {});
        silent.push(socket);
      }
      await until("the silent ones", () => openCount === COUNT);
      const storming = storm(port);
      const began = performance.now();
      const engage = async (engaged: boolean): Promise<number> => {
        const answer = await fetch(`https://127.0.0.1:${apiPort}/v1/kill-switch`, {
          method: "PUT",
          keepalive: false,
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ scope: "firm", engaged, cancelOpen: false, why: "a storm" }),
          tls: peerTls(main.certificate, alice),
        });
        await answer.text();
        return answer.status;
      };
      expect(await engage(true)).toBe(200);
      const tookMs = performance.now() - began;
      const { sockets, made } = await storming;
      console.log(
        `the kill switch took ${tookMs.toFixed(0)} ms, the storm ${(performance.now() - began).toFixed(0)} ms`,
      );
      // They take the places of silent ones, after a quarter of the time.
      expect(made).toBe(COUNT);
      for (const socket of sockets) socket.destroy();
      expect(gateway.log).toContain("too many TLS handshakes at once: a newer one took its place");
      expect(gateway.log).toContain("kill-switch.engage firm (false → true): a storm: applied");
    } finally {
      for (const socket of silent) socket.destroy();
      venue.stop();
      await gateway.remove();
    }
  });
});

/** The nice value of a process's thread of that name. */
function niceOf(pid: number, name: string): number {
  const tasks = `/proc/${pid}/task`;
  const tid = readdirSync(tasks).find((tid) => readFileSync(`${tasks}/${tid}/comm`, "utf8").trim() === name);
  // After the name in brackets: the state, and 15 fields before it.
  return Number(readFileSync(`${tasks}/${tid}/stat`, "utf8").split(") ")[1]!.split(" ")[16]);
}
