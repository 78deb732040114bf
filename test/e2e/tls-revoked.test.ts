import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { connect } from "node:tls";
import { until } from "../eventually.ts";
import { type Authority, Certificates, type Files, OPENSSL, peerTls } from "./certificates.ts";
import { freePort, Gateway, runToEnd } from "./gateway.ts";
import { Venue } from "./venue.ts";

setDefaultTimeout(60_000);

describe.skipIf(OPENSSL === null)("revocation lists of a chain (needs the openssl command)", () => {
  let all: Certificates;
  let root: Authority;
  /** Below root; it signs the clients' certificates. */
  let desk: Authority;
  let alice: Files;
  let gateway: Gateway;
  let venue: Venue;
  /** Looks up the chain; the drop copy listener the peer's certificate alone. */
  let port: number;
  let copyPort: number;

  beforeAll(async () => {
    all = new Certificates();
    root = all.authority("root");
    desk = all.authority("desk", root);
    const server = all.make("server", { subject: "/CN=gateway", names: "DNS:localhost", by: root });
    alice = ofDesk("alice");
    port = freePort();
    copyPort = freePort();
    writeLists(root, desk);
    const table = (name: string, to: number, check: string) => `
[${name}.tls]
listen = "127.0.0.1:${to}"
certificate = "${server.certificate}"
key = "${server.key}"
ca = "${root.certificate}"
crl = "${all.path("lists.pem")}"
crlCheck = "${check}"
`;
    gateway = new Gateway({
      tables: `${table("client", port, "chain")}
[dropCopy]
listen = "127.0.0.1:${freePort()}"
[dropCopy.sessions.RISK]
${table("dropCopy", copyPort, "peer")}`,
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

  /** A client's certificate with that of its issuer behind it. */
  function ofDesk(name: string): Files {
    const files = all.make(name, { subject: `/CN=${name}`, by: desk });
    const chain = all.path(`${name}.chain.pem`);
    writeFileSync(chain, readFileSync(files.certificate, "utf8") + readFileSync(desk.certificate, "utf8"));
    return { certificate: chain, key: files.key };
  }

  function writeLists(...of: Authority[]): void {
    const path = all.path("lists.pem");
    writeFileSync(`${path}.new`, of.map((one) => readFileSync(one.list(), "utf8")).join(""));
    renameSync(`${path}.new`, path);
  }

  /** Has the gateway take other lists. */
  async function renew(...of: Authority[]): Promise<void> {
    writeLists(...of);
    const from = gateway.log.length;
    gateway.signal("SIGHUP");
    await gateway.said("client.tls: certificate CN=gateway", from);
    await gateway.said("dropCopy.tls: certificate CN=gateway", from);
  }

  /** Connects, and resolves with what the gateway says of it. */
  async function connected(to: number, own: Files): Promise<string> {
    const from = gateway.log.length;
    const options = { host: "127.0.0.1", port: to, servername: "localhost", ...peerTls(root.certificate, own) };
    const socket = connect(options);
    socket.on("error", () => {});
    // No FIX: what comes through the handshake is refused for that.
    socket.on("secureConnect", () => socket.write("hello there, this is no FIX message\r\n"));
    await gateway.said(/connection refused: .*\n/, from);
    socket.destroy();
    return /connection refused: (.*); peer/.exec(gateway.log.slice(from))![1]!;
  }

  /** Handshakes use other lists a moment after the log has said so. */
  async function refuses(to: number, own: Files, why: string): Promise<void> {
    await until(`a refusal: ${why}`, async () => (await connected(to, own)).includes(why));
  }

  test("the lists of all issuers let a chain through; a revoked issuer refuses all that it has signed", async () => {
    expect(await connected(port, alice)).not.toContain("TLS");
    expect(await connected(copyPort, alice)).not.toContain("TLS");

    // A list of the issuer is missing: chain wants one, peer does not.
    await renew(desk);
    await refuses(port, alice, "unable to get certificate CRL");
    expect(await connected(copyPort, alice)).not.toContain("TLS");

    // The peer's own certificate.
    desk.revoke("alice");
    await renew(root, desk);
    await refuses(port, alice, "certificate revoked");
    await refuses(copyPort, alice, "certificate revoked");
    const bob = ofDesk("bob");
    expect(await connected(port, bob)).not.toContain("TLS");

    // That of its issuer.
    root.revoke("desk");
    await renew(root, desk);
    await refuses(port, bob, "certificate revoked");
    expect(await connected(copyPort, bob)).not.toContain("TLS");
  });

  test("a list that is out of date refuses everybody, with an alarm before the handshakes say so", async () => {
    const from = gateway.log.length;
    const path = all.path("lists.pem");
    const lists = ["root", "desk"].map((name) => {
      all.run(
        "ca",
        "-config",
        `${name}.cnf`,
        "-gencrl",
        "-crlsec",
        name === "desk" ? "10" : "3600",
        "-out",
        `${name}.crl`,
      );
      return readFileSync(all.path(`${name}.crl`), "utf8");
    });
    writeFileSync(`${path}.new`, lists.join(""));
    renameSync(`${path}.new`, path);
    gateway.signal("SIGHUP");
    await gateway.said(
      /alarms: revocation-list-expires: client\.tls: a revocation list is out of date in 0\.0 hours/,
      from,
    );
    await gateway.said(
      /alarms: revocation-list-expires: .*was to be replaced by .*: certificates of its authority are/,
      from,
    );
    const carol = ofDesk("carol");
    await refuses(copyPort, carol, "CRL has expired");
  });

  test("check refuses crlCheck without crl", async () => {
    const text = readFileSync(gateway.configFile, "utf8").replace(/^crl = .*\n/m, "");
    writeFileSync(all.path("none.toml"), text);
    const { err } = await runToEnd(["check", "--config", all.path("none.toml")]);
    expect(err).toContain("client.tls.crl: missing; expected a file with the list of each issuer");
  });
});
