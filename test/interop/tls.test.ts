import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LOGON } from "../../src/counterparty/message.ts";
import type { Transport } from "../../src/counterparty/transport.ts";
import { type Authority, Certificates, type Files, OPENSSL } from "../e2e/certificates.ts";
import { Client } from "../e2e/client.ts";
import { Gateway } from "../e2e/gateway.ts";
import { freePort } from "../e2e/ports.ts";
import { Venue, venueUp } from "../e2e/venue.ts";
import { compareFlow, figuresOf, unanswered } from "./flow.ts";
import { FlowRun, type Side } from "./flow-run.ts";
import { build, whyMissing } from "./quickfix.ts";
import {
  buildGo,
  buildQuickFixJ,
  Front,
  type FrontOptions,
  getQuickFixGo,
  getQuickFixJ,
  quickFixGoTls,
  quickFixJTls,
  quickFixTls,
  whyNoGo,
  whyNoQuickFixTls,
  whyNoStunnel,
} from "./tls-peers.ts";

setDefaultTimeout(120_000);

const built = mkdtempSync(join(tmpdir(), "sallyport-tls-peers-"));
afterAll(() => rmSync(built, { recursive: true, force: true }));

const noOpenSsl = OPENSSL === null ? "the openssl command is missing" : null;
const noPeers = noOpenSsl ?? whyNoQuickFixTls();
const noQuickFixJ = noPeers ?? (await getQuickFixJ(built));
const noQuickFixGo = noPeers ?? (await getQuickFixGo());

/** A test's name, with the reason why it can't run here. */
function named(name: string, why: string | null): string {
  return why === null ? name : `${name} (skipped: ${why})`;
}

describe("FIX over TLS with the stacks of others, certificates on both sides", () => {
  let all: Certificates;
  let main: Authority;
  let server: Files;
  let gateways: Files;
  let alice: Files;
  let venue: Files;
  let flow: Promise<string>;

  beforeAll(() => {
    if (noOpenSsl !== null) return;
    all = new Certificates();
    main = all.authority("main");
    // QuickFIX in C++ reads RSA keys alone.
    const made = { by: main, rsaBits: 2_048 };
    server = all.make("server", { ...made, subject: "/CN=gateway", names: "DNS:localhost,IP:127.0.0.1" });
    gateways = all.make("gateways", { ...made, subject: "/CN=GATEWAY" });
    alice = all.make("alice", { ...made, subject: "/CN=ALICE" });
    venue = all.make("venue", { ...made, subject: "/CN=venue", names: "DNS:venue.example,IP:127.0.0.1" });
    if (whyMissing() === null) flow = build("flow", built);
  });

  afterAll(() => all?.remove());

  const venueTls = () => `[venues.VENUE.tls]
ca = "${main.certificate}"
serverName = "venue.example"
certificate = "${gateways.certificate}"
key = "${gateways.key}"
`;

  /** A gateway that takes ALICE over TLS with her certificate alone, between two parties of which one is killed as it is. */
  async function trades(
    client: Pick<Side, "program" | "port">,
    other: Pick<Side, "program" | "port">,
    { port, killed }: { port: number; killed: "client" | "venue" },
    before: (gateway: Gateway) => Promise<Front | null> = async () => null,
  ): Promise<void> {
    const clientTls = `[client.tls]
listen = "127.0.0.1:${port}"
certificate = "${server.certificate}"
key = "${server.key}"
ca = "${main.certificate}"
`;
    const version = "FIX.4.4";
    const bound = { version, port, lines: 'certificate = "CN=ALICE"', ...client };
    await using run = new FlowRun(bound, { version, ...other }, () => clientTls + venueTls());
    await using _front = await before(run.gateway);
    await run.start();
    await run.restart("gateway");
    await run.restart(killed);
    await run.settle();
    const [ours, theirs] = [run.client.lines(), run.venue.lines()];
    expect(compareFlow(ours, theirs), run.gateway.log).toEqual([]);
    expect(unanswered(ours).length, String(unanswered(ours).slice(0, 5))).toBeLessThanOrEqual(1);
    const figures = figuresOf(ours, theirs);
    if (process.env.SALLYPORT_SHOW !== undefined) console.log(JSON.stringify(figures));
    expect(figures.acknowledged).toBeGreaterThan(60);
    expect(figures.trades).toBeGreaterThan(60);
    // What was not delivered before a kill came again.
    expect(figures.again).toBeGreaterThan(0);
  }
  // QuickFIX writes a trade down before it stores it: a kill between the two leaves one that was never sent. Rare, so once more.
  const again = { retry: 1 };

  test.concurrent.skipIf(noQuickFixJ !== null)(
    named("QuickFIX/J as client, QuickFIX in C++ as venue", noQuickFixJ),
    async () => {
      const command = await buildQuickFixJ(built);
      const client = { command, tls: await quickFixJTls(all, "alice", alice, main.certificate) };
      const other = { command: [await flow], tls: quickFixTls("venue", venue, main.certificate) };
      await trades({ program: client }, { program: other }, { port: freePort(), killed: "client" });
    },
    again,
  );

  test.concurrent.skipIf(noQuickFixJ !== null)(
    named("QuickFIX in C++ as client, QuickFIX/J as venue", noQuickFixJ),
    async () => {
      const command = await buildQuickFixJ(built);
      const client = { command: [await flow], tls: quickFixTls("client", alice, main.certificate) };
      const other = { command, tls: await quickFixJTls(all, "venue", venue, main.certificate) };
      await trades({ program: client }, { program: other }, { port: freePort(), killed: "venue" });
    },
    again,
  );

  // QuickFIX/Go is not killed: its store may then have a message under the number that the next one gets, and both are resent.
  test.concurrent.skipIf(noQuickFixGo !== null)(
    named("QuickFIX/Go as client, QuickFIX in C++ as venue", noQuickFixGo),
    async () => {
      const command = [await buildGo("quickfixgo", built)];
      const client = { command, tls: quickFixGoTls(alice, main.certificate, "localhost") };
      const other = { command: [await flow], tls: quickFixTls("venue", venue, main.certificate) };
      await trades({ program: client }, { program: other }, { port: freePort(), killed: "venue" });
    },
    again,
  );

  test.concurrent.skipIf(noQuickFixGo !== null)(
    named("QuickFIX in C++ as client, QuickFIX/Go as venue", noQuickFixGo),
    async () => {
      const command = [await buildGo("quickfixgo", built)];
      const client = { command: [await flow], tls: quickFixTls("client", alice, main.certificate) };
      const other = { command, tls: quickFixGoTls(venue, main.certificate, "") };
      await trades({ program: client }, { program: other }, { port: freePort(), killed: "client" });
    },
    again,
  );

  /** A client and a venue without TLS, each behind a front. */
  async function fronted(killed: "client" | "venue", front: (options: FrontOptions) => Promise<Front>): Promise<void> {
    const [tlsPort, clientPort, venuePort] = [freePort(), freePort(), freePort()];
    const command = [await flow];
    const ca = main.certificate;
    const names = { client: "localhost", server: "" };
    const frontOf = (role: "client" | "server", own: Files, listenPort: number, targetPort: number) =>
      front({ role, own, ca, listenPort, targetPort, peerName: names[role] });
    await using _clients = await frontOf("client", alice, clientPort, tlsPort);
    const program = { command };
    await trades({ program, port: clientPort }, { program, port: venuePort }, { port: tlsPort, killed }, (gateway) =>
      frontOf("server", venue, gateway.venuePort, venuePort),
    );
  }

  const noStunnel = noOpenSsl ?? whyMissing() ?? whyNoStunnel();
  test.concurrent.skipIf(noStunnel !== null)(
    named("stunnel before a client and before a venue", noStunnel),
    () => fronted("client", (options) => Front.stunnel(all, options)),
    again,
  );

  const noGo = noOpenSsl ?? whyMissing() ?? whyNoGo();
  test.concurrent.skipIf(noGo !== null)(
    named("Go's crypto/tls before a client and before a venue", noGo),
    async () => {
      const program = await buildGo("tls-front", built);
      await fronted("venue", (options) => Front.go(program, options));
    },
    again,
  );

  test.concurrent.skipIf(noOpenSsl !== null)(
    named("openssl s_server as the venue: order, fill, and what it sent while the gateway was down", noOpenSsl),
    async () => {
      const gateway = new Gateway({ tables: venueTls() });
      const peer = new Venue(gateway.venuePort);
      const accept = () => new SServer(peer, gateway.venuePort, venue, main.certificate);
      let tls = accept();
      try {
        await gateway.start();
        await peer.waitType(LOGON);
        const client = new Client("ALICE", gateway.clientPort);
        await client.logon();
        await venueUp(client);
        const clOrdId = client.order({ 38: 7 });
        const order = await peer.orderOf(7);
        await gateway.crash();
        tls.abort();
        // Two executions that the gateway has to ask for again.
        peer.fill(order, 3);
        peer.fill(order, 4);
        tls = accept();
        await gateway.start();
        await peer.waitType(LOGON);
        await client.logon();
        const filled = await client.wait("fill", (message) => message.text(39) === "2" && message.text(11) === clOrdId);
        expect(filled.number(14)).toBe(7);
        expect([...peer.faults, ...client.faults]).toEqual([]);
      } finally {
        tls.abort();
        await gateway.remove();
      }
    },
  );
});

/** A venue's connection through an openssl s_server, whose input and output is the plain text. */
class SServer implements Transport {
  paused = false;
  private readonly child;

  constructor(
    private readonly session: Venue,
    port: number,
    own: Files,
    ca: string,
  ) {
    const asks = ["-Verify", "1", "-verify_return_error", "-CAfile", ca];
    const command = ["s_server", "-quiet", "-accept", `127.0.0.1:${port}`, "-cert", own.certificate, "-key", own.key];
    this.child = Bun.spawn([OPENSSL!, ...command, ...asks], { stdin: "pipe", stdout: "pipe", stderr: "ignore" });
    session.attach(this);
    void this.follow();
  }

  write(text: string): void {
    this.child.stdin.write(text);
    this.child.stdin.flush();
  }

  end(): void {
    this.abort();
  }

  abort(): void {
    this.child.kill("SIGKILL");
    this.session.disconnected(this);
  }

  private async follow(): Promise<void> {
    for await (const chunk of this.child.stdout) this.session.take(this, Buffer.from(chunk).toString("latin1"));
    this.session.disconnected(this);
  }
}
