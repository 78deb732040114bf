import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { LOGON } from "../../src/counterparty/message.ts";
import { type Authority, Certificates, type Files, OPENSSL, peerTls } from "./certificates.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
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
});
