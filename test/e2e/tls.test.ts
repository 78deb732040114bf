import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { connect as connectPlain, createServer, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { type Field, frame, LOGON, now } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { type Authority, Certificates, type Files, OPENSSL, peerTls } from "./certificates.ts";
import { Client } from "./client.ts";
import { freePort, Gateway } from "./gateway.ts";
import { Venue } from "./venue.ts";

setDefaultTimeout(60_000);

/** Handshakes yield to all else on the machine, and many tests run at once. */
const HANDSHAKE_MS = 2_000;

function logonOf(compId: string, sequence = 1): string {
  const head: Field[] = [
    [35, LOGON],
    [34, sequence],
    [49, compId],
    [52, now()],
    [56, "GATEWAY"],
    [98, 0],
    [108, 30],
  ];
  return frame(head);
}

/** All that a socket got, and its end. */
class Seen {
  came = "";
  isOver = false;

  constructor(readonly socket: Socket) {
    socket.on("data", (bytes) => {
      this.came += bytes.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.isOver = true;
    });
  }

  async over(): Promise<void> {
    await until("end of a connection", () => this.isOver);
  }

  async has(text: string): Promise<void> {
    await until(
      `${text} from the gateway`,
      () => this.came.includes(text),
      undefined,
      () => this.came,
    );
  }
}

describe.skipIf(OPENSSL === null)("FIX over TLS (needs the openssl command)", () => {
  let all: Certificates;
  let main: Authority;
  let alice: Files;
  let gateway: Gateway;
  let venue: Venue;
  let port: number;
  let copyPort: number;
  const open: Seen[] = [];

  beforeAll(async () => {
    all = new Certificates();
    main = all.authority("main");
    const server = all.make("server", { subject: "/CN=gateway", names: "DNS:localhost,IP:127.0.0.1", by: main });
    alice = all.make("alice", { subject: "/O=Firm/CN=ALICE", by: main });
    all.make("revoked", { subject: "/CN=ALICE", by: main });
    main.revoke("revoked");
    port = freePort();
    copyPort = freePort();
    gateway = new Gateway({
      tables: `
[client.tls]
listen = "127.0.0.1:${port}"
certificate = "${server.certificate}"
key = "${server.key}"
ca = "${main.certificate}"
crl = "${main.list()}"
handshakeTimeoutMs = ${HANDSHAKE_MS}
[dropCopy]
listen = "127.0.0.1:${freePort()}"
[dropCopy.tls]
listen = "127.0.0.1:${copyPort}"
certificate = "${server.certificate}"
key = "${server.key}"
ca = "${main.certificate}"
[dropCopy.sessions.RISK]
certificate = "CN=RISK"
`,
    });
    const text = readFileSync(gateway.configFile, "utf8")
      .replace(
        "[client.sessions.ALICE]",
        '[client.sessions.ALICE]\ncertificate = "CN=ALICE"\nnewestConnectionWins = true',
      )
      .replace("[client.sessions.BOB]", '[client.sessions.BOB]\ncertificate = "DNS:bob.example"');
    writeFileSync(gateway.configFile, text);
    venue = new Venue(gateway.venuePort);
    venue.listen();
    await gateway.start();
  });

  afterEach(() => {
    for (const { socket } of open.splice(0)) socket.destroy();
  });

  afterAll(async () => {
    venue?.stop();
    await gateway?.remove();
    all?.remove();
  });

  function plain(to = port): Seen {
    const seen = new Seen(connectPlain(to, "127.0.0.1"));
    open.push(seen);
    return seen;
  }

  function secure(own: Files | undefined, more: object = {}): Seen & { socket: TLSSocket } {
    const options = { host: "127.0.0.1", port, servername: "localhost", ...peerTls(main.certificate, own), ...more };
    const seen = new Seen(connectTls(options));
    open.push(seen);
    return seen as Seen & { socket: TLSSocket };
  }

  /** Stands between a client and the gateway, and forwards each byte by itself. */
  async function proxy(): Promise<{ port: number; cut: () => void }> {
    const ups: Socket[] = [];
    const server = createServer((client) => {
      const to = connectPlain(port, "127.0.0.1");
      ups.push(to);
      to.setNoDelay(true);
      to.on("data", (bytes) => client.write(bytes));
      to.on("error", () => {});
      client.on("error", () => {});
      client.on("close", () => to.end());
      let last = Promise.resolve();
      client.on("data", (bytes: Buffer) => {
        for (const byte of bytes)
          last = last.then(() => new Promise<void>((resolve) => void to.write(Buffer.of(byte), () => resolve())));
      });
    });
    const listening = Promise.withResolvers<void>();
    server.listen(0, "127.0.0.1", listening.resolve);
    await listening.promise;
    const cut = (): void => {
      for (const to of ups) to.end();
      server.close();
    };
    return { port: (server.address() as { port: number }).port, cut };
  }

  /** An openssl s_client, which takes what is written to it and ends with its input. */
  function sClient(...more: string[]) {
    const own = ["-cert", alice.certificate, "-key", alice.key];
    const to = ["s_client", "-connect", `127.0.0.1:${port}`, "-servername", "localhost", "-CAfile", main.certificate];
    const child = Bun.spawn([OPENSSL!, ...to, ...own, ...more], { stdin: "pipe", stdout: "pipe", stderr: "pipe" });
    const said = { text: "" };
    const follow = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
      for await (const chunk of stream) said.text += Buffer.from(chunk).toString("latin1");
    };
    void follow(child.stdout);
    void follow(child.stderr);
    return { child, said };
  }

  test("a client with its certificate trades; a kill -9 loses nothing, and what it missed is resent", async () => {
    const client = new Client("ALICE", port, {}, { ...peerTls(main.certificate, alice), serverName: "localhost" });
    await client.logon();
    const clOrdId = client.order({ 38: 7 });
    const order = await venue.orderOf(7);
    const accepted = await client.wait("acceptance", (message) => message.type === "8" && message.text(11) === clOrdId);
    expect(order.quantity).toBe(7);
    await gateway.crash();
    await gateway.start();
    await venue.waitType(LOGON);
    venue.fill(order, 7);
    await client.logon();
    const filled = await client.wait("fill that was sent meanwhile", (message) => message.text(39) === "2");
    expect([filled.text(37), filled.text(11), filled.text(43)]).toEqual([accepted.text(37), clOrdId, "Y"]);
    client.order({ 38: 8 });
    await venue.orderOf(8);
    await client.logout();
  });

  test("names of a certificate beyond 16 find no session: the log says so once", async () => {
    const names = Array.from({ length: 16 }, (_, i) => `DNS:host${i}.example`).join(",");
    const many = all.make("many", { subject: "/CN=MANY", names, by: main });
    const from = gateway.log.length;
    for (let i = 0; i < 3; i++) await new Promise((done) => secure(many).socket.once("secureConnect", done));
    const text =
      "the certificate of CN=MANY has 17 names: sessions are found by the first 16, up to DNS:host14.example";
    await gateway.said(text, from);
    expect(gateway.log.slice(from).split(text)).toHaveLength(2);
  });

  const day = 86_400_000;
  const at = (days: number): string =>
    `${new Date(Date.now() + days * day).toISOString().slice(0, 19).replace(/[-:T]/g, "")}Z`;
  const REFUSED: [what: string, make: () => Files | undefined, reason: string][] = [
    [
      "expired",
      () => all.make("expired", { subject: "/CN=ALICE", by: main, from: at(-9), until: at(-1) }),
      "certificate has expired",
    ],
    [
      "not yet valid",
      () => all.make("early", { subject: "/CN=ALICE", by: main, from: at(1), until: at(9) }),
      "certificate is not yet valid",
    ],
    ["self-signed", () => all.make("self", { subject: "/CN=ALICE" }), "self-signed certificate"],
    [
      "of another authority",
      () => all.make("other", { subject: "/CN=ALICE", by: all.authority("stranger") }),
      "unable to get local issuer certificate",
    ],
    ["revoked", () => ({ certificate: all.path("revoked.pem"), key: all.path("revoked.key") }), "certificate revoked"],
    ["absent", () => undefined, "peer did not return a certificate"],
  ];
  test.each(REFUSED)("a certificate that is %s is refused with the reason", async (_what, make, reason) => {
    const own = make();
    const from = gateway.log.length;
    const seen = secure(own);
    seen.socket.write(logonOf("ALICE"));
    await seen.over();
    await gateway.said(new RegExp(`connection refused: TLS handshake failed: .*${reason}; peer 127\\.0\\.0\\.1`), from);
    expect(seen.came).toBe("");
  });

  test("a certificate of another client is refused at the Logon; the subject and alternative names bind", async () => {
    const from = gateway.log.length;
    const wrong = secure(alice);
    wrong.socket.write(logonOf("BOB"));
    await wrong.over();
    await gateway.said(/its certificate is not that of the session; peer .*logging on as BOB to GATEWAY/, from);
    const bob = all.make("bob", { subject: "/CN=anyone", names: "DNS:bob.example,URI:urn:bob", by: main });
    const right = secure(bob);
    right.socket.write(logonOf("BOB"));
    await right.has("35=A");
    const bare = plain(gateway.clientPort);
    bare.socket.write(logonOf("ALICE"));
    await bare.over();
    await gateway.said(/its certificate is not that of the session; peer .*logging on as ALICE/, from);
  });

  test("a drop copy client with its certificate gets copies over TLS; another certificate is refused", async () => {
    const from = gateway.log.length;
    const wrong = secure(alice, { port: copyPort });
    wrong.socket.write(logonOf("RISK"));
    await wrong.over();
    await gateway.said(/its certificate is not that of the session; peer .*logging on as RISK/, from);
    const own = all.make("risk", { subject: "/CN=RISK", by: main });
    const risk = new Client("RISK", copyPort, {}, { ...peerTls(main.certificate, own), serverName: "localhost" });
    await risk.logon();
    const client = new Client("ALICE", port, {}, { ...peerTls(main.certificate, alice), serverName: "localhost" });
    await client.logon(true);
    client.order({ 38: 9 });
    await risk.wait("a copy", (message) => message.type === "8" && message.number(38) === 9);
    await client.logout();
    await risk.logout();
  });

  test("FIX without TLS, TLS to the plain port, HTTP and other bytes are told apart", async () => {
    const cases: [text: string, to: number, reason: RegExp][] = [
      [logonOf("ALICE"), port, /refused: a FIX message without TLS, but this listener takes FIX over TLS/],
      ["GET / HTTP/1.1\r\n\r\n", port, /refused: an HTTP request/],
      ["hello there", port, /refused: first bytes are no TLS hello/],
      ["\x16\x03\x01\x02\x00\x01", gateway.clientPort, /refused: a TLS hello, but this listener takes FIX without TLS/],
    ];
    for (const [text, to, reason] of cases) {
      const from = gateway.log.length;
      const seen = plain(to);
      seen.socket.write(Buffer.from(text, "latin1"));
      await seen.over();
      await gateway.said(reason, from);
    }
    await gateway.said(/alarms: tls-refused: a FIX message without TLS/);
    await gateway.said(/alarms: tls-refused: a TLS hello, but this listener/);
  });

  test("a handshake that never ends is ended in its time; so is one that never begins", async () => {
    for (const [bytes, words] of [
      ["\x16\x03\x01\x02\x00\x01\x00", "it began"],
      ["", "no byte came"],
    ] as const) {
      const from = gateway.log.length;
      const seen = plain();
      seen.socket.write(Buffer.from(bytes, "latin1"));
      await seen.over();
      await gateway.said(`TLS handshake not done within its time: ${words} in ${HANDSHAKE_MS} ms`, from);
    }
  });

  test("weak versions and ciphers are refused", async () => {
    const cases: [more: string[], reason: RegExp][] = [
      [["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"], /unsupported protocol|no protocols|version/],
      [["-tls1_2", "-cipher", "AES128-SHA"], /no shared cipher/],
      [["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"], /no shared cipher/],
    ];
    for (const [more, reason] of cases) {
      const from = gateway.log.length;
      const { child } = sClient(...more);
      await child.exited;
      await gateway.said(new RegExp(`TLS handshake failed: .*(${reason.source})`), from);
    }
  });

  test("TLS 1.2 and 1.3 with the ciphers that are left trade", async () => {
    for (const more of [["-tls1_2"], ["-tls1_3"], ["-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"]]) {
      const { child, said } = sClient("-quiet", ...more);
      child.stdin.write(logonOf("ALICE", 1_000));
      await child.stdin.flush();
      await until(
        "a Logon's answer",
        () => said.text.includes("35=A"),
        undefined,
        () => said.text,
      );
      child.kill("SIGKILL");
      await child.exited;
      await gateway.said("client ALICE: disconnected", gateway.log.lastIndexOf("client ALICE: logged on"));
    }
  });

  test("renegotiation is refused, and the session goes on", async () => {
    const { child, said } = sClient("-tls1_2");
    await until(
      "a handshake",
      () => said.text.includes("Verify return code"),
      undefined,
      () => said.text,
    );
    child.stdin.write("R\n");
    await child.stdin.flush();
    await until(
      "a refusal",
      () => /no renegotiation/i.test(said.text),
      undefined,
      () => said.text,
    );
    child.kill("SIGKILL");
  });

  test("a key update in the middle of a session loses nothing", async () => {
    const { child, said } = sClient("-tls1_3");
    await until(
      "a handshake",
      () => said.text.includes("Verify return code"),
      undefined,
      () => said.text,
    );
    for (const line of ["K\n", "k\n"]) {
      child.stdin.write(line);
      await child.stdin.flush();
      await until(
        `KEYUPDATE after ${line}`,
        () => said.text.includes("KEYUPDATE"),
        undefined,
        () => said.text,
      );
      said.text = "";
    }
    child.stdin.write(logonOf("ALICE", 2_000));
    await child.stdin.flush();
    await until(
      "a Logon's answer",
      () => said.text.includes("35=A"),
      undefined,
      () => said.text,
    );
    child.kill("SIGKILL");
    await child.exited;
    await gateway.said("client ALICE: disconnected", gateway.log.lastIndexOf("client ALICE: logged on"));
  });

  test("an end of TCP without the end of TLS is told from a proper end", async () => {
    const between = await proxy();
    const cut = secure(alice, { port: between.port });
    cut.socket.write(logonOf("ALICE", 3_000));
    await cut.has("35=A");
    let from = gateway.log.length;
    between.cut();
    await gateway.said(/ALICE: disconnected: the peer ended TCP without the end of TLS \(close_notify\)/, from);
    const proper = secure(alice);
    proper.socket.write(logonOf("ALICE", 4_000));
    await proper.has("35=A");
    from = gateway.log.length;
    proper.socket.end();
    await gateway.said("ALICE: disconnected: peer closed the connection", from);
  });

  test("records and messages split at every byte are read as one", async () => {
    const between = await proxy();
    const seen = secure(alice, { port: between.port });
    // A record for each byte.
    for (const letter of logonOf("ALICE", 5_000)) seen.socket.write(letter);
    await seen.has("35=A");
    seen.socket.destroy();
    between.cut();
    await gateway.said("client ALICE: disconnected", gateway.log.lastIndexOf("client ALICE: logged on"));
  });

  test("changed bytes of a handshake harm nobody", async () => {
    const hello = await helloOf(peerTls(main.certificate, alice));
    let seed = 12_345;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
      return seed % below;
    };
    for (let round = 0; round < 20; round++) {
      const seens = Array.from({ length: 15 }, () => {
        const bytes = Buffer.from(hello);
        for (let changes = random(6); changes >= 0; changes--) bytes[random(bytes.length)] = random(256);
        const seen = plain();
        seen.socket.end(bytes.subarray(0, random(4) === 0 ? random(bytes.length) : bytes.length));
        return seen;
      });
      for (const seen of seens) await seen.over();
    }
    expect(gateway.isRunning).toBe(true);
    const good = secure(alice);
    good.socket.write(logonOf("ALICE", 6_000));
    await good.has("35=A");
  });
});

/** The first bytes of a client's handshake. */
function helloOf(tls: object): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (bytes: Buffer) => {
      resolve(bytes);
      socket.destroy();
      server.close();
    });
  });
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as { port: number };
    connectTls({ host: "127.0.0.1", port, servername: "localhost", ...tls }).on("error", () => {});
  });
  return promise;
}
