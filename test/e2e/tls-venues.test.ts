import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { LOGON } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { type Authority, Certificates, type Files, OPENSSL, peerTls } from "./certificates.ts";
import { Client } from "./client.ts";
import { freePort, Gateway } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const HOST = "fix.venue.example";

describe.skipIf(OPENSSL === null)("venues over TLS (needs the openssl command)", () => {
  let all: Certificates;
  let main: Authority;
  let own: Files;
  let good: Files;
  let gateway: Gateway;
  let venue: Venue;

  beforeAll(() => {
    all = new Certificates();
    main = all.authority("main");
    own = all.make("own", { subject: "/CN=GATEWAY", by: main });
    good = all.make("good", { subject: "/CN=venue", names: `DNS:${HOST}`, by: main });
    all.make("revoked", { subject: "/CN=venue", names: `DNS:${HOST}`, by: main });
    main.revoke("revoked");
    main.list();
  });

  afterAll(() => {
    all?.remove();
  });

  function made(...lines: string[]): void {
    gateway = new Gateway({ tables: `[venues.VENUE.tls]\nca = "${main.certificate}"\n${lines.join("\n")}\n` });
    venue = new Venue(gateway.venuePort);
  }

  async function ended(): Promise<void> {
    venue.stop();
    await gateway.remove();
  }

  const shown = (files: Files) => ({
    cert: readFileSync(files.certificate, "utf8"),
    key: readFileSync(files.key, "utf8"),
  });

  test("orders go out over TLS with our certificate, and a kill -9 loses nothing", async () => {
    const sha256 = all.run("x509", "-in", good.certificate, "-noout", "-fingerprint", "-sha256").split("=")[1]!.trim();
    made(
      `serverName = "${HOST}"`,
      `pins = ["${sha256.replaceAll(":", "").toLowerCase()}"]`,
      `certificate = "${own.certificate}"`,
      `key = "${own.key}"`,
      `crl = "${main.list()}"`,
      'minVersion = "1.3"',
    );
    try {
      // It takes nobody without a certificate of its authority.
      venue.listen({ ...shown(good), ca: peerTls(main.certificate).ca, requestCert: true, rejectUnauthorized: true });
      await gateway.start();
      await venue.waitType(LOGON);
      const client = new Client("ALICE", gateway.clientPort);
      await client.logon();
      await venueUp(client);
      client.order({ 38: 7 });
      const order = await venue.orderOf(7);
      await gateway.crash();
      await gateway.start();
      await venue.waitType(LOGON);
      venue.fill(order, 7);
      await client.logon();
      await client.wait("fill", (message) => message.text(39) === "2" && message.number(38) === 7);
      venue.stop();
      await gateway.said("venue VENUE: down:", gateway.log.lastIndexOf("ready:"));
    } finally {
      await ended();
    }
  });

  test("a venue that is not the one meant is refused with the reason, until it shows the right certificate", async () => {
    made(`serverName = "${HOST}"`, `crl = "${main.list()}"`);
    const day = 86_400_000;
    const at = (days: number): string =>
      `${new Date(Date.now() + days * day).toISOString().slice(0, 19).replace(/[-:T]/g, "")}Z`;
    const names = `DNS:${HOST}`;
    const subject = "/CN=venue";
    const cases: [files: Files, reason: RegExp][] = [
      [all.make("otherhost", { subject, names: "DNS:other.example", by: main }), /hostname mismatch/],
      [all.make("stranger", { subject, names, by: all.authority("stranger-ca") }), /unable to get local issuer/],
      [all.make("selfmade", { subject, names }), /self-signed certificate/],
      [all.make("old", { subject, names, by: main, from: at(-9), until: at(-1) }), /certificate has expired/],
      [all.make("early", { subject, names, by: main, from: at(1), until: at(9) }), /not yet valid/],
      [{ certificate: all.path("revoked.pem"), key: all.path("revoked.key") }, /certificate revoked/],
    ];
    try {
      venue.listen(shown(cases[0]![0]));
      await gateway.start();
      for (const [files, reason] of cases) {
        venue.stop();
        const from = gateway.log.length;
        venue.listen(shown(files));
        await gateway.said(
          new RegExp(`venue VENUE: can't connect to .*: TLS handshake failed: .*${reason.source}`),
          from,
        );
      }
      expect(venue.received).toEqual([]);
      venue.stop();
      // A venue without TLS.
      const from = gateway.log.length;
      venue.listen();
      await gateway.said(/TLS handshake (failed|not done)/, from);
      venue.stop();
      venue.listen(shown(good));
      await venue.waitType(LOGON);
    } finally {
      await ended();
    }
  });

  test("a venue that wants a certificate of us says so, under TLS 1.3 after the handshake", async () => {
    made(`serverName = "${HOST}"`);
    try {
      venue.listen({ ...shown(good), ca: peerTls(main.certificate).ca, requestCert: true, rejectUnauthorized: true });
      await gateway.start();
      await gateway.said(
        /venue VENUE: down: a wrong TLS record, or an alert of the peer: tls\w* alert certificate required/,
      );
      expect(venue.received).toEqual([]);
    } finally {
      await ended();
    }
  });

  test("a certificate that is none of the pins is refused; without serverName it must have the address", async () => {
    made(`pins = ["${"ab".repeat(32)}"]`);
    try {
      venue.listen(shown(all.make("address", { subject: "/CN=venue", names: "IP:127.0.0.1", by: main })));
      await gateway.start();
      await gateway.said(
        /venue VENUE: can't connect to .*: its certificate is none of pins, it has SHA-256 [0-9A-F:]{95}/,
      );
      venue.stop();
      const from = gateway.log.length;
      venue.listen(shown(good));
      await gateway.said(/TLS handshake failed: .*IP address mismatch/, from);
    } finally {
      await ended();
    }
  });

  describe("a venue that a reload adds", () => {
    const table = (port: number, ...lines: string[]) =>
      `[venues.EAST]\naddress = "127.0.0.1:${port}"\nreconnectMinMs = 20\nreconnectMaxMs = 100\nresendOrdersWithinS = 120\n` +
      `[venues.EAST.tls]\nca = "${main.certificate}"\nserverName = "${HOST}"\n${lines.join("\n")}\n` +
      `[symbols.MSFT]\nreferencePrice = "150"\nvenue = "EAST"\n`;

    async function reload(tables: string): Promise<number> {
      const from = gateway.log.length;
      writeFileSync(gateway.configFile, `${readFileSync(gateway.configFile, "utf8")}\n${tables}`);
      gateway.signal("SIGHUP");
      await gateway.said(/configuration: SIGHUP: .*\n/, from);
      return from;
    }

    test("trades over TLS at once, takes new files, and continues after a kill", async () => {
      made(`serverName = "${HOST}"`);
      const east = new Venue(freePort(), "EAST");
      const mine = all.make("mine", { subject: "/CN=GATEWAY", by: main });
      try {
        venue.listen(shown(good));
        east.listen({ ...shown(good), ca: peerTls(main.certificate).ca, requestCert: true, rejectUnauthorized: true });
        await gateway.start();
        await venue.waitType(LOGON);
        const client = new Client("ALICE", gateway.clientPort);
        await client.logon();
        await venueUp(client);
        const from = await reload(table(east.port, `certificate = "${mine.certificate}"`, `key = "${mine.key}"`));
        await gateway.said("venue EAST: added by a reload", from);
        await gateway.said("venues.EAST.tls: certificate CN=GATEWAY", from);
        await east.waitType(LOGON);
        await gateway.said("venue EAST: up", from);
        client.order({ 38: 21, 44: "149", 55: "MSFT" });
        const order = await east.orderOf(21);
        east.fill(order, 21);
        await client.wait("a fill", (message) => message.text(39) === "2" && message.number(38) === 21);

        // Its files are watched as those of the start are.
        const renewed = gateway.log.length;
        const later = all.make("later", { subject: "/CN=LATER", by: main });
        for (const kind of ["key", "certificate"] as const) renameSync(later[kind], mine[kind]);
        gateway.signal("SIGHUP");
        await gateway.said("venues.EAST.tls: certificate CN=LATER", renewed);

        const logons = east.received.filter(({ type }) => type === LOGON).length;
        await gateway.crash();
        await gateway.start();
        await until("its Logon", () => east.received.filter(({ type }) => type === LOGON).length > logons);
        await client.logon();
        await venueUp(client);
        client.order({ 38: 22, 44: "149", 55: "MSFT" });
        await east.orderOf(22);
      } finally {
        east.stop();
        await ended();
      }
    });

    test("is not added with files that can't be used, nor where nothing had TLS at the start", async () => {
      made(`serverName = "${HOST}"`);
      const port = freePort();
      try {
        await gateway.start();
        const from = await reload(table(port, `certificate = "${own.certificate}"`, `key = "${good.key}"`));
        expect(gateway.log.slice(from)).toContain("venues.EAST.tls.key: key values mismatch");
        expect(gateway.log.slice(from)).not.toContain("venue EAST: added");
      } finally {
        await ended();
      }
      gateway = new Gateway();
      try {
        await gateway.start();
        const from = await reload(table(port));
        expect(gateway.log.slice(from)).toContain("it has TLS, and nothing else has: a start opens OpenSSL");
      } finally {
        await gateway.remove();
      }
    });
  });
});
