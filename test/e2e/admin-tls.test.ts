import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, copyFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { connect as connectPlain } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { until, within } from "../eventually.ts";
import { ask as askSocket } from "./api.ts";
import { type Authority, Certificates, type Files, OPENSSL, peerTls } from "./certificates.ts";
import { freePort, Gateway, runToEnd } from "./gateway.ts";
import { Venue } from "./venue.ts";

setDefaultTimeout(60_000);

const TOKEN = "a token for tests, of no use elsewhere";
const HASH = `sha256:${new Bun.CryptoHasher("sha256").update(TOKEN.replaceAll(" ", "-")).digest("hex")}`;
const BEARER = { authorization: `Bearer ${TOKEN.replaceAll(" ", "-")}` };

describe.skipIf(OPENSSL === null)("the API over TLS (needs the openssl command)", () => {
  let all: Certificates;
  let main: Authority;
  let server: Files;
  let ops: Files;
  let viewer: Files;
  let gateway: Gateway;
  let venue: Venue;
  let port: number;

  beforeAll(async () => {
    all = new Certificates();
    main = all.authority("main");
    server = serverFiles("server", "one");
    ops = all.make("ops", { subject: "/O=Firm/CN=OPS", by: main });
    viewer = all.make("viewer", { subject: "/CN=anyone", names: "email:view@firm.example", by: main });
    port = freePort();
    gateway = new Gateway({
      tables: `
[admin.tls]
listen = "127.0.0.1:${port}"
certificate = "${server.certificate}"
key = "${server.key}"
ca = "${main.certificate}"
crl = "${main.list()}"
clientCertificate = "optional"
handshakeTimeoutMs = 2_000
[admin.certificates.ops]
certificate = "CN=OPS,O=Firm"
role = "operate"
[admin.certificates.watch]
certificate = "email:view@firm.example"
role = "view"
[admin.tokens.desk]
hash = "${HASH}"
role = "view"
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

  function serverFiles(name: string, cn: string): Files {
    return all.make(name, { subject: `/CN=${cn}`, names: "DNS:localhost,IP:127.0.0.1", by: main });
  }

  interface Asked {
    method?: string;
    body?: unknown;
    headers?: Record<string, string>;
  }

  function ask(path: string, own?: Files, { method = "GET", body, headers = {} }: Asked = {}): Promise<Response> {
    const { ca, ...mine } = peerTls(main.certificate, own);
    return fetch(`https://127.0.0.1:${port}${path}`, {
      method,
      keepalive: false,
      headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      tls: { ca, ...mine },
    });
  }

  async function refusal(response: Response): Promise<[number, string, string]> {
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    return [response.status, error.code, error.message];
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

  test("certificates are operators with their roles; the journal has who it was", async () => {
    const system = await ask("/v1/system", viewer);
    expect(system.status).toBe(200);
    expect(((await system.json()) as { version: string }).version).toMatch(/^\d/);
    const body = { why: "said over TLS" };
    const done = await ask("/v1/notes", ops, { method: "POST", body });
    expect(done.status).toBe(200);
    const actions = await (await ask("/v1/actions", viewer)).text();
    expect(actions).toContain('"ops"');
    expect(actions).toContain("127.0.0.1, certificate O=Firm,CN=OPS");
    expect(await refusal(await ask("/v1/notes", viewer, { method: "POST", body }))).toEqual([
      403,
      "role",
      expect.stringContaining("watch"),
    ]);
  });

  test("no header Host opens a path that needs an operator", async () => {
    const answer = async (path: string, host: string): Promise<string> => {
      const options = { host: "127.0.0.1", port, servername: "localhost", ca: peerTls(main.certificate).ca };
      const socket = connect(options, () => socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`));
      let came = "";
      socket.on("data", (bytes) => {
        came += bytes.toString("latin1");
      });
      const over = Promise.withResolvers<void>();
      socket.on("error", over.reject).on("close", () => over.resolve());
      await over.promise;
      return came;
    };
    expect(await answer("/v1/health", "a")).toStartWith("HTTP/1.1 200 ");
    // A router that looks for the path behind a host of usual length would find it in the query.
    for (const host of ["a", "ab", "abc"]) {
      expect(await answer("/v1/system", host)).toStartWith("HTTP/1.1 401 ");
      expect(await answer("/?q/v1/system", host)).toContain("<html");
    }
    for (const host of ["localhost/#", "localhost?", "a@b"])
      expect(await answer("/v1/system", host)).toStartWith("HTTP/1.1 401 ");
    for (const host of ["", "["]) expect(await answer("/v1/system", host)).toStartWith("HTTP/1.1 400 ");
  });

  test("a certificate with more names than are passed on is refused, and the log says why", async () => {
    const names = Array.from({ length: 300 }, (_, i) => `URI:urn:${"x".repeat(50)}${i}`).join(",");
    const many = all.make("many", { subject: "/O=Firm/CN=OPS", names, by: main });
    const from = gateway.log.length;
    expect(
      await ask("/v1/system", many).then(
        ({ status }) => status,
        () => "no answer",
      ),
    ).toBe("no answer");
    await gateway.said(
      /connection refused: TLS handshake failed: expected a certificate whose names take at most 16384 bytes, got \d+; peer/,
      from,
    );
  });

  test("an unknown certificate gets 403, none without a token 401, a token counts with and without one", async () => {
    const other = all.make("other", { subject: "/CN=STRANGER", by: main });
    expect(await refusal(await ask("/v1/system", other))).toEqual([
      403,
      "unknown-certificate",
      "expected a token, or a certificate of admin.certificates, got that of CN=STRANGER",
    ]);
    expect((await refusal(await ask("/v1/system"))).slice(0, 2)).toEqual([401, "no-token"]);
    expect((await ask("/v1/system", undefined, { headers: BEARER })).status).toBe(200);
    expect((await ask("/v1/system", other, { headers: BEARER })).status).toBe(200);
    const wrong = await ask("/v1/system", ops, { headers: { authorization: "Bearer wrong" } });
    expect((await refusal(wrong)).slice(0, 2)).toEqual([401, "no-token"]);
    expect((await ask("/v1/health")).status).toBe(200);
  });

  test("nobody says in the door's place who it is, and no page of another site uses a certificate", async () => {
    const claimed = { "x-sallyport-peer": "0 0 0 0" };
    expect((await refusal(await ask("/v1/system", undefined, { headers: claimed }))).slice(0, 2)).toEqual([
      401,
      "no-token",
    ]);
    const foreign = await ask("/v1/system", ops, { headers: { origin: "https://elsewhere.example" } });
    expect((await refusal(foreign)).slice(0, 2)).toEqual([403, "foreign"]);
    const own = await ask("/v1/system", ops, { headers: { origin: `https://127.0.0.1:${port}` } });
    expect(own.status).toBe(200);
  });

  const at = (days: number): string =>
    `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 19).replace(/[-:T]/g, "")}Z`;
  const REFUSED: [what: string, make: () => Files, reason: string][] = [
    ["self-signed", () => all.make("self", { subject: "/O=Firm/CN=OPS" }), "self-signed certificate"],
    [
      "of another authority",
      () => all.make("foreign", { subject: "/O=Firm/CN=OPS", by: all.authority("stranger") }),
      "unable to get local issuer certificate",
    ],
    [
      "expired",
      () => all.make("expired", { subject: "/O=Firm/CN=OPS", by: main, from: at(-9), until: at(-1) }),
      "certificate has expired",
    ],
  ];
  test.each(REFUSED)("a certificate that is %s does not get in, also with a token", async (_what, make, reason) => {
    const own = make();
    const from = gateway.log.length;
    const answer = await ask("/v1/system", own, { headers: BEARER }).then(
      ({ status }) => `status ${status}`,
      () => "refused",
    );
    expect(answer).toBe("refused");
    await gateway.said(new RegExp(`operator: connection refused: TLS handshake failed: .*${reason}`), from);
    // A line a second.
    await Bun.sleep(1_100);
  });

  test("HTTP without TLS and silence are ended with a reason", async () => {
    for (const [bytes, reason] of [
      ["GET /v1/system HTTP/1.1\r\nhost: a\r\n\r\n", "first bytes are no TLS hello: this address takes HTTPS"],
      ["", "TLS handshake not done within its time: no byte came in 2000 ms"],
    ] as const) {
      await Bun.sleep(1_100);
      const from = gateway.log.length;
      let came = "";
      let isOver = false;
      const socket = connectPlain(port, "127.0.0.1");
      socket.on("data", (chunk) => (came += chunk.toString("latin1")));
      socket.on("error", () => {});
      socket.on("close", () => (isOver = true));
      if (bytes !== "") socket.write(bytes);
      await until("the end", () => isOver);
      await gateway.said(`operator: connection refused: ${reason}`, from);
      expect(came).toBe("");
    }
    const metrics = await (await ask("/metrics", viewer)).text();
    expect(metrics).toMatch(/sallyport_connections_refused_total\{reason="first bytes are no TLS hello"\} \d/);
    expect(metrics).toMatch(/sallyport_tls_files_ok\{side="admin\.tls"\} 1/);
    expect(metrics).toMatch(/sallyport_tls_certificate_expires_seconds\{side="admin\.tls"\} \d/);
  });

  test("long answers come whole, a stream continues, and connections give up their places", async () => {
    const plain = (await askSocket(gateway, "GET", "/openapi.json")).body;
    const secure = await (await ask("/openapi.json", viewer)).text();
    expect(secure.length).toBeGreaterThan(50_000);
    expect(JSON.parse(secure)).toEqual(plain);
    const large = await ask("/v1/notes", ops, { method: "POST", body: { why: "x".repeat(200_000) } });
    expect(large.status).toBe(413);
    // More than there are places, one after the other and at once.
    for (let round = 0; round < 10; round++) {
      const statuses = await Promise.all(
        Array.from({ length: 10 }, async () => {
          const answer = await ask("/v1/health", viewer);
          await answer.text();
          return answer.status;
        }),
      );
      expect(new Set(statuses)).toEqual(new Set([200]));
    }
    const events = await ask("/v1/events", viewer);
    expect(events.status).toBe(200);
    await events.body!.cancel();
  });

  test("an open stream ends when the files are read again: its certificate may be revoked since", async () => {
    const leaver = all.make("leaver", { subject: "/O=Firm/CN=OPS", by: main });
    const stream = await ask("/v1/events", leaver);
    expect(stream.status).toBe(200);
    const text = stream.text();
    main.revoke("leaver");
    main.list();
    gateway.signal("SIGHUP");
    const ended = await within("the end of a stream", text);
    expect(ended).toEndWith("event: end\ndata: the files of admin.tls were read again\n\n");
    const again = await ask("/v1/events", leaver).then(
      ({ status }) => `status ${status}`,
      () => "refused",
    );
    expect(again).toBe("refused");
    await gateway.said(
      "operator: connection refused: TLS handshake failed: certificate verify failed: certificate revoked",
    );
    const other = await ask("/v1/events", ops);
    expect(other.status).toBe(200);
    await other.body!.cancel();
  });

  test("ctl asks over TLS with its certificate, or with a token", async () => {
    const url = ["--url", `https://127.0.0.1:${port}`];
    const mine = ["--cert", viewer.certificate, "--key", viewer.key];
    const ended = await runToEnd(["ctl", "status", ...url, "--ca", main.certificate, ...mine]);
    expect([ended.code, ended.err]).toEqual([0, ""]);
    expect(ended.out).toContain("version");
    const tokenFile = all.path("token");
    writeFileSync(tokenFile, `${TOKEN.replaceAll(" ", "-")}\n`);
    expect((await runToEnd(["ctl", "status", ...url, "--ca", main.certificate, "--token-file", tokenFile])).code).toBe(
      0,
    );
    const stranger = await runToEnd(["ctl", "status", ...url, ...mine]);
    expect(stranger.code).toBe(1);
    expect(stranger.err).toContain("expected the API of a running gateway");
    expect(stranger.err).toEndWith(
      "--ca names the authorities of its certificate, --cert and --key ours; its log says whom it refuses\n",
    );
    const bare = await runToEnd(["ctl", "status", "--socket", "/nowhere", "--ca", main.certificate]);
    expect(bare.err).toContain("--ca: expected --url https://");
  });

  test("new files are taken by a signal; files that can't be used change nothing; a reload changes operators", async () => {
    expect(await shown()).toBe("one");
    let from = gateway.log.length;
    const second = serverFiles("second", "two");
    for (const kind of ["key", "certificate"] as const) {
      copyFileSync(second[kind], `${server[kind]}.new`);
      chmodSync(`${server[kind]}.new`, 0o600);
      renameSync(`${server[kind]}.new`, server[kind]);
    }
    gateway.signal("SIGHUP");
    await gateway.said("admin.tls: certificate CN=two", from);
    await until("the new certificate", async () => (await shown()) === "two");

    from = gateway.log.length;
    writeFileSync(server.certificate, "no certificate\n");
    gateway.signal("SIGHUP");
    await gateway.said(/admin\.tls\.certificate: .*handshakes use the previous files/, from);
    await gateway.said("certificate-files: admin.tls", from);
    expect(await shown()).toBe("two");
    copyFileSync(second.certificate, server.certificate);

    from = gateway.log.length;
    const text = readFileSync(gateway.configFile, "utf8");
    writeFileSync(
      gateway.configFile,
      text.replace('certificate = "email:view@firm.example"', 'certificate = "CN=NOBODY"'),
    );
    gateway.signal("SIGHUP");
    await until("the end of an operator", async () => (await ask("/v1/system", viewer)).status === 403);
    expect((await ask("/v1/system", ops)).status).toBe(200);
    writeFileSync(gateway.configFile, text);
  });

  test("check refuses an address for others without TLS, and operators' certificates that nobody verifies", async () => {
    const path = all.path("bad.toml");
    const check = async (change: (text: string) => string): Promise<string> => {
      writeFileSync(path, change(readFileSync(gateway.configFile, "utf8")));
      return (await runToEnd(["check", "--config", path])).err;
    };
    expect(await check((text) => `${text}\n[admin]\nlisten = "10.0.0.5:9180"\n`)).toContain(
      "admin.listen: expected a loopback address",
    );
    const unverified = await check((text) => text.replace(/^ca = .*\ncrl = .*\nclientCertificate = .*\n/m, ""));
    expect(unverified).toContain("admin.certificates.ops.certificate: expected admin.tls with ca");
    const twice = await check((text) => text.replace('"email:view@firm.example"', '"CN=OPS,O=Firm"'));
    expect(twice).toContain(
      'admin.certificates.watch.certificate: expected one of another operator than ops, got "CN=OPS,O=Firm" for both',
    );
    const shared = await check((text) => `${text}[admin.tokens.boss]\nhash = "${HASH}"\nrole = "admin"\n`);
    expect(shared).toContain(
      "admin.tokens.boss.hash: expected one of another operator than desk, got the same hash for both",
    );
    expect(shared).not.toContain(HASH);
  });
});
