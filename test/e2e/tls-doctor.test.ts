import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, chownSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { DoctorReport } from "../../src/operation/doctor.ts";
import { ask } from "./api.ts";
import { type Authority, Certificates, type Files, OPENSSL } from "./certificates.ts";
import { freePort, Gateway, runToEnd } from "./gateway.ts";
import { Venue } from "./venue.ts";

setDefaultTimeout(60_000);

const DAY_MS = 86_400_000;

describe.skipIf(OPENSSL === null)("doctor looks at the files of every table tls (needs the openssl command)", () => {
  let all: Certificates;
  let main: Authority;
  let gateway: Gateway;
  let venue: Venue;
  const own: Record<string, Files> = {};

  beforeAll(async () => {
    all = new Certificates();
    main = all.authority("main");
    for (const [name, days] of [
      ["client", 90],
      ["dropCopy", 20],
      ["admin", 5],
      ["venue", 60],
    ] as const)
      own[name] = made(name, days);
    gateway = new Gateway({ tables: tables() });
    venue = new Venue(gateway.venuePort);
    venue.listen();
    await gateway.start();
  });

  afterAll(async () => {
    venue?.stop();
    await gateway?.remove();
    all?.remove();
  });

  function made(name: string, days: number): Files {
    const until = `${new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 19).replace(/[-:T]/g, "")}Z`;
    return all.make(name, { subject: `/CN=${name}`, names: "DNS:localhost", by: main, until });
  }

  function tables(): string {
    const files = (name: string) => `certificate = "${own[name]!.certificate}"\nkey = "${own[name]!.key}"`;
    return `
[client.tls]
listen = "127.0.0.1:${freePort()}"
${files("client")}
ca = "${main.certificate}"
crl = "${main.list()}"
[admin.tls]
listen = "127.0.0.1:${freePort()}"
${files("admin")}
[dropCopy]
listen = "127.0.0.1:${freePort()}"
[dropCopy.sessions.RISK]
[dropCopy.tls]
listen = "127.0.0.1:${freePort()}"
${files("dropCopy")}
[venues.SECURE]
address = "127.0.0.1:${freePort()}"
[venues.SECURE.tls]
ca = "${main.certificate}"
serverName = "venue.example"
${files("venue")}
`;
  }

  type Row = DoctorReport["checks"][number];

  async function rows(): Promise<Map<string, Row>> {
    const { out } = await runToEnd(["doctor", "--json", "--config", gateway.configFile, "--data", gateway.data]);
    return ofTls(JSON.parse(out) as DoctorReport);
  }

  function ofTls({ checks }: DoctorReport): Map<string, Row> {
    return new Map(checks.filter(({ theme }) => theme === "TLS").map((row) => [row.name, row]));
  }

  const verdictsOf = (of: Map<string, Row>): Record<string, string> =>
    Object.fromEntries([...of].map(([name, { verdict }]) => [name, verdict]));

  const EXPECTED = {
    "client.tls.key": "ok",
    "client.tls.certificate": "ok",
    "client.tls.ca": "warn",
    "client.tls.crl": "ok",
    "admin.tls.key": "ok",
    "admin.tls.certificate": "fail",
    "dropCopy.tls.key": "ok",
    "dropCopy.tls.certificate": "warn",
    "venues.SECURE.tls.key": "ok",
    "venues.SECURE.tls.certificate": "ok",
    "venues.SECURE.tls.ca": "warn",
  };

  test("each file has a row with its days, the same for the running gateway", async () => {
    const of = await rows();
    // The authority of this test has 30 days.
    expect(verdictsOf(of)).toEqual(EXPECTED);
    expect(of.get("admin.tls.certificate")!.seen).toMatch(
      /^CN=admin, until \d{4}-\d\d-\d\d \d\d:\d\d UTC: (5\.0|4\.9) days$/,
    );
    expect(of.get("dropCopy.tls.certificate")!.seen).toMatch(/: (20|19) days$/);
    expect(of.get("client.tls.crl")!.seen).toMatch(/^1 list; that of main authority, until .*: (30|29) days$/);
    const running = await ask(gateway, "GET", "/v1/doctor");
    expect(verdictsOf(ofTls(running.body as DoctorReport))).toEqual(EXPECTED);
  });

  test("check shows where each side listens with TLS, the API, too", async () => {
    const { code, out } = await runToEnd(["check", "--config", gateway.configFile]);
    expect(code).toBe(0);
    const at = String.raw`127\.0\.0\.1:\d+`;
    expect(out).toMatch(new RegExp(`^  clients   .+ at ${at} ${at} \\(TLS\\), \\d+ connections at most$`, "m"));
    expect(out).toMatch(new RegExp(`^  drop copy RISK at ${at} ${at} \\(TLS\\), `, "m"));
    expect(out).toMatch(new RegExp(`^  API       at ${at} \\(TLS\\)$`, "m"));
  });

  test("what a start would refuse fails with the file and its key", async () => {
    const { certificate, key } = own.client!;
    chmodSync(key, 0o644);
    let row = (await rows()).get("client.tls.key")!;
    expect([row.verdict, row.seen]).toEqual(["fail", expect.stringContaining("chmod 640")]);
    chmodSync(key, 0o600);
    const kept = readFileSync(key);
    copyFileSync(own.venue!.key, key);
    row = (await rows()).get("client.tls.key")!;
    expect([row.verdict, row.seen]).toEqual(["fail", expect.stringContaining("key values mismatch")]);
    writeFileSync(key, kept);
    const text = readFileSync(certificate);
    writeFileSync(certificate, "no certificate\n");
    row = (await rows()).get("client.tls.certificate")!;
    expect([row.verdict, row.seen]).toEqual(["fail", expect.stringContaining(certificate)]);
    writeFileSync(certificate, text);
    all.run("ca", "-config", "main.cnf", "-gencrl", "-crlsec", "1", "-out", "main.crl");
    await Bun.sleep(1_500);
    row = (await rows()).get("client.tls.crl")!;
    expect([row.verdict, row.seen]).toEqual(["fail", expect.stringMatching(/that of main authority, ended at /)]);
    expect((await rows()).get("client.tls.key")!.verdict).toBe("ok");
  });

  test("root looks for the user of the data directory", async () => {
    if (process.geteuid!() !== 0) return;
    const NOBODY = 65_534;
    const data = all.path("data");
    mkdirSync(data);
    const config = all.path("root.toml");
    const path = all.path("root.key");
    copyFileSync(own.client!.key, path);
    chmodSync(path, 0o600);
    const text = readFileSync(gateway.configFile, "utf8").replace(own.client!.key, path);
    writeFileSync(config, text.replace("[gateway]", `[gateway]\ndata = "${data}"`));
    const key = async (): Promise<string> => {
      const { out } = await runToEnd(["doctor", "--json", "--config", config, "--data", data]);
      return ofTls(JSON.parse(out) as DoctorReport).get("client.tls.key")!.verdict;
    };
    chownSync(path, NOBODY, NOBODY);
    expect(await key()).toBe("fail");
    chownSync(data, NOBODY, NOBODY);
    expect(await key()).toBe("ok");
  });
});
