import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, copyFileSync, renameSync, writeFileSync } from "node:fs";
import { connect, type TLSSocket } from "node:tls";
import { until } from "../eventually.ts";
import { type Authority, Certificates, type Files, OPENSSL, peerTls } from "./certificates.ts";
import { Client } from "./client.ts";
import { freePort, Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const DAY_MS = 86_400_000;

describe.skipIf(OPENSSL === null)("certificates of TLS change (needs the openssl command)", () => {
  let all: Certificates;
  let main: Authority;
  let server: Files;
  let gateway: Gateway;
  let venue: Venue;
  let port: number;

  beforeAll(async () => {
    all = new Certificates();
    main = all.authority("main");
    server = made("server", "one", 5);
    port = freePort();
    gateway = new Gateway({
      tables: `
[client.tls]
listen = "127.0.0.1:${port}"
certificate = "${server.certificate}"
key = "${server.key}"
`,
    });
    venue = new Venue(gateway.venuePort);
    venue.listen();
    await gateway.start();
  });

  afterAll(async () => {
    venue?.stop();
    await gateway?.remove();
    all?.remove();
  });

  function made(name: string, cn: string, days: number): Files {
    const until = `${new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 19).replace(/[-:T]/g, "")}Z`;
    return all.make(name, { subject: `/CN=${cn}`, names: "DNS:localhost", by: main, until });
  }

  /** Puts other files in the place of the server's. */
  function replace(files: Files): void {
    for (const kind of ["key", "certificate"] as const) {
      copyFileSync(files[kind], `${server[kind]}.new`);
      chmodSync(`${server[kind]}.new`, 0o600);
      renameSync(`${server[kind]}.new`, server[kind]);
    }
  }

  /** CN of the certificate that a new connection is shown. */
  async function shown(): Promise<string> {
    const done = Promise.withResolvers<string>();
    const options = { host: "127.0.0.1", port, servername: "localhost", ca: peerTls(main.certificate).ca };
    const socket: TLSSocket = connect(options, () => done.resolve(String(socket.getPeerCertificate().subject.CN)));
    socket.on("error", done.reject);
    const cn = await done.promise;
    socket.destroy();
    return cn;
  }

  test("new handshakes use new files, standing sessions go on, and files that can't be used change nothing", async () => {
    await gateway.said(/certificate-expires: client\.tls: certificate CN=one expires in (5\.0|4\.9) days/);
    const client = new Client("ALICE", port, {}, { ...peerTls(main.certificate), serverName: "localhost" });
    await client.logon();
    await venueUp(client);
    expect(await shown()).toBe("one");

    // The watch sees them.
    let from = gateway.log.length;
    replace(made("second", "two", 90));
    await gateway.said("client.tls: certificate CN=two of CN=main authority", from);
    await until("the new certificate", async () => (await shown()) === "two");
    await gateway.said("resolved", from);

    // A signal has them taken at once.
    from = gateway.log.length;
    replace(made("third", "three", 90));
    gateway.signal("SIGHUP");
    await gateway.said("client.tls: certificate CN=three", from);
    await until("the new certificate", async () => (await shown()) === "three");

    from = gateway.log.length;
    writeFileSync(server.certificate, "no certificate\n");
    await gateway.said(/client\.tls\.certificate: .*handshakes use the previous files/, from);
    await gateway.said("certificate-files: client.tls: client.tls.certificate", from);
    expect(await shown()).toBe("three");

    client.order({ 38: 11 });
    await venue.orderOf(11);
    expect(client.faults).toEqual([]);
  });

  test("check refuses a key that others may read, one of another certificate, and one with a password", async () => {
    const config = gateway.configFile;
    const check = async (): Promise<string> => (await runToEnd(["check", "--config", config])).err;
    replace(made("fourth", "four", 90));
    expect(await check()).not.toContain("client.tls");
    chmodSync(server.key, 0o644);
    expect(await check()).toContain("client.tls.key: expected");
    expect(await check()).toContain("chmod 640");
    const other = made("fifth", "five", 90);
    copyFileSync(other.key, server.key);
    chmodSync(server.key, 0o600);
    expect(await check()).toContain("client.tls.key: key values mismatch");
    all.run("ec", "-in", other.key, "-aes128", "-passout", "pass:secret", "-out", server.key);
    expect(await check()).toContain("client.tls.key:");
  });
});
