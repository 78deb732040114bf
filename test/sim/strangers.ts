import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../src/config/load.ts";
import { problemLine } from "../../src/config/problem.ts";
import type { GatewayConfig } from "../../src/config/schema.ts";
import { readStream } from "../../src/journal/store/reader.ts";
import { PipeNetwork } from "../../src/net/pipe.ts";
import { EXECUTION_REPORT_BYTES } from "../../src/record/execution-report.ts";
import { GROUP_SLOT_BYTES, GROUP_SLOTS } from "../../src/record/groups.ts";
import { ORDER_REQUEST_BYTES } from "../../src/record/order-request.ts";
import { SLOTS_AT, TAIL_AT } from "../../src/ring/layout.ts";
import { SimGateway } from "./gateway.ts";
import { Random } from "./random.ts";
import { beginIds, type Speech, saysAsClient, saysAsVenue } from "./speeches.ts";
import { Stranger, type Street } from "./stranger.ts";

const START_US = 1_700_000_000_000_000;
const DOOR = "127.0.0.1:9001";
const VENUES = { ALPHA: "127.0.0.1:9101", BETA: "127.0.0.1:9102" } as const;
const RING_SLOTS = 128;
const STOP_TURNS = 400;
/** Longer than a short id. */
const LONG_ACCOUNT = "ONLY-ACCOUNT-OF-THE-SESSION-1234567890";

const VERSIONS = [
  { version: "FIX.4.4", begin: "FIX.4.4", applVerId: "" },
  { version: "FIX.4.2", begin: "FIX.4.2", applVerId: "" },
  { version: "FIX.5.0SP2", begin: "FIXT.1.1", applVerId: "9" },
] as const;
const EARLY = { version: "FIX.4.0", begin: "FIX.4.0", applVerId: "" } as const;

/** A gateway on pipes with three clients and two venues that say anything; all of it follows from the seed. */
export class Strangers implements Street {
  readonly network = new PipeNetwork();
  readonly random: Random;
  wallUs = START_US;
  turns = 0;
  private readonly seen: string[] = [];
  private nowNs = 1e9;
  private readonly dir = mkdtempSync(join(tmpdir(), "sallyport-strangers-"));
  private readonly gateway: SimGateway;
  private readonly clients: Stranger[];
  private readonly venues: { stranger: Stranger; door: number }[];
  private readonly tails = new Map<number, number>();

  constructor(seed: number, maxMessageBytes = 8_192) {
    this.random = new Random(seed);
    const { random } = this;
    const versions = () => random.pick(VERSIONS);
    const ofClients = [versions(), versions(), versions()];
    // A client of the early version can't reset the numbers.
    const ofVenues = [random.pick([EARLY, ...VERSIONS]), versions()];
    this.network.capacity = random.pick([3_000, 65_536, 65_536]);
    const config = configOf(
      random,
      [...ofClients, ...ofVenues].map(({ version }) => version),
      maxMessageBytes,
    );
    const shape = { config, dir: this.dir, segmentBytes: 256 * 1024, ringSlots: RING_SLOTS, spins: false };
    this.gateway = new SimGateway(shape, this.network, this.seen);
    this.clients = ofClients.map(({ begin, applVerId }, i) => {
      const fill = (sequence: number): void => this.inBetween(client, saysAsClient, sequence);
      const client: Stranger = new Stranger(`FIRM${i + 1}`, this, begin, applVerId, () => {}, fill);
      return client;
    });
    this.venues = Object.entries(VENUES).map(([name, address], i) => {
      const { begin, applVerId } = ofVenues[i]!;
      const hear = (type: string, text: string): void => this.atVenue(stranger, type, text);
      const fill = (sequence: number): void => this.inBetween(stranger, saysAsVenue, sequence);
      const stranger: Stranger = new Stranger(name, this, begin, applVerId, hear, fill);
      const [host, port] = address.split(":");
      return { stranger, door: this.network.listenTcp(host!, Number(port), 4) };
    });
  }

  /** Returns all that can be seen from outside, and of the records in the rings. */
  run(turns: number): readonly string[] {
    beginIds();
    const { now } = Date;
    Date.now = () => this.wallUs / 1000;
    try {
      this.gateway.start(this.nowNs, this.wallUs);
      while (this.turns < turns) this.turn(true);
      this.gateway.askToStop(this.nowNs);
      for (let left = STOP_TURNS; left > 0 && !this.gateway.stopped; left--) this.turn(false);
      this.gateway.close();
      this.lookBack();
      return this.seen;
    } finally {
      Date.now = now;
      if (this.gateway.alive) this.gateway.crash(this.random, false);
      for (const fd of [...this.network.sockets.keys()]) this.network.abortSocket(fd);
      rmSync(this.dir, { recursive: true, force: true });
    }
  }

  private turn(speaks: boolean): void {
    const { random } = this;
    this.turns++;
    const ns = speaks && random.chance(0.01) ? random.within(1, 40) * 1e9 : random.pick([20e3, 500e3, 20e6]);
    this.nowNs += ns;
    this.wallUs += ns / 1000;
    for (const client of this.clients) {
      if (client.fd < 0 && speaks && random.chance(0.3)) this.dial(client);
      if (client.isOn && speaks) this.speak(client, saysAsClient);
      client.turn();
    }
    for (const { stranger, door } of this.venues) {
      const fd = this.network.acceptTcp(door);
      if (fd >= 0) stranger.open(fd);
      if (stranger.isOn && speaks && random.chance(0.3)) this.speak(stranger, saysAsVenue);
      stranger.turn();
    }
    for (let lane = 0; lane < this.gateway.lanes.length; lane++) {
      if (speaks && random.chance(0.1)) continue;
      this.gateway.turn(lane, this.nowNs, this.wallUs);
      this.lookIntoRings(lane);
    }
  }

  private dial(client: Stranger): void {
    client.open(this.network.connect(DOOR));
    client.resets ||= this.random.chance(0.3);
    client.logon();
  }

  private speak(stranger: Stranger, speeches: readonly Speech[]): void {
    const { random } = this;
    if (random.chance(0.4)) return;
    const some = random.chance(0.05) ? random.within(60, 150) : random.within(1, 6);
    for (let i = 0; i < some; i++) {
      // Most are plain.
      const speech = random.chance(0.75) ? speeches[0]! : random.pick(speeches);
      speech(stranger, random, this.known);
      if (speech !== speeches[0] && random.chance(0.5)) break;
    }
    if (random.chance(0.01)) stranger.deafUntil = this.turns + random.within(10, 60);
    if (random.chance(0.003)) stranger.hangUp();
  }

  /** Says something plain with an earlier number. */
  private inBetween(stranger: Stranger, speeches: readonly Speech[], sequence: number): void {
    const { nextOut } = stranger;
    stranger.nextOut = sequence;
    speeches[0]!(stranger, this.random, this.known);
    stranger.nextOut = nextOut;
  }

  /** ClOrdIDs as the gateway has said them to venues. */
  private readonly known: string[] = [];

  private atVenue(stranger: Stranger, type: string, text: string): void {
    if (type === "A") {
      if (stranger.field(text, 141) === "Y") stranger.nextOut = 1;
      stranger.resets = stranger.field(text, 141) === "Y";
      stranger.logon();
    }
    if (!"DFG".includes(type)) return;
    this.known.push(stranger.field(text, 11));
    if (this.known.length > 40) this.known.shift();
    if (this.random.chance(0.7)) this.speak(stranger, saysAsVenue.slice(0, 1));
  }

  private lookIntoRings(lane: number): void {
    const { plan } = this.gateway;
    for (const side of [...plan.clients, ...plan.venues]) {
      const isClients = plan.clients.includes(side);
      this.lookInto(lane, side.requestsAt, ORDER_REQUEST_BYTES, RING_SLOTS);
      this.lookInto(lane, side.reportsAt, EXECUTION_REPORT_BYTES, RING_SLOTS);
      this.lookInto(lane, isClients ? side.requestGroupsAt : side.reportGroupsAt, GROUP_SLOT_BYTES, GROUP_SLOTS);
    }
  }

  /** Notes the slots that were published since it was last asked. */
  private lookInto(lane: number, at: number, slotBytes: number, slots: number): void {
    const { bytes, ints } = this.gateway.views;
    const tail = ints[(at + TAIL_AT) >> 2]!;
    const before = this.tails.get(at) ?? 0;
    this.tails.set(at, tail);
    for (let i = Math.max(before, tail - slots); i < tail; i++) {
      const slot = at + SLOTS_AT + (i & (slots - 1)) * slotBytes;
      this.seen.push(
        `turn ${this.turns} lane ${lane} ring ${at} slot ${i}: ${Bun.hash(bytes.slice(slot, slot + slotBytes))}`,
      );
    }
  }

  /** Notes what peers have heard, and what is in the journal. */
  private lookBack(): void {
    const all = [...this.clients, ...this.venues.map(({ stranger }) => stranger)];
    for (const { compId, heard } of all)
      this.seen.push(
        ...heard
          .replaceAll("\x0110=", "\n10=")
          .split("\n")
          .map((line) => `${compId} ${line}`),
      );
    for (const { name } of this.gateway.plan.streams)
      readStream(
        this.dir,
        name,
        ({ kind, session, sequence, timeUs, index, epoch, views, payloadAt, payloadLength }) => {
          const payload = Buffer.from(views.bytes.slice(payloadAt, payloadAt + payloadLength)).toString("latin1");
          this.seen.push(`${name} ${[kind, session, sequence, timeUs, index, epoch].join(" ")} ${payload}`);
        },
      );
  }
}

function configOf(random: Random, versions: readonly string[], maxMessageBytes: number): GatewayConfig {
  const is = (name: string, probability: number): string => `${name} = ${random.chance(probability)}`;
  const validation = (): string =>
    [
      is("validate", 0.7),
      is("validateFieldsOutOfOrder", 0.7),
      is("validateUserDefinedFields", 0.5),
      is("checkRequiredTags", 0.8),
      is("allowUnknownMsgFields", 0.4),
      is("rejectInvalidMessage", 0.8),
      is("lastMsgSeqNumProcessed", 0.3),
      is("checkLatency", 0.8),
      `timestampPrecision = "${random.pick(["seconds", "milliseconds", "microseconds"])}"`,
    ].join("\n");
  const accounts = [[LONG_ACCOUNT], ["ACC1", "ACC2"], ["ACC2"]];
  const client = (names: readonly string[], i: number): string =>
    `[client.sessions.FIRM${i + 1}]\naccounts = ${JSON.stringify(names)}\nversion = "${versions[i]}"\n${validation()}`;
  const venue = (name: keyof typeof VENUES, i: number): string =>
    `[venues.${name}]\naddress = "${VENUES[name]}"\nversion = "${versions[3 + i]}"\nreconnectMinMs = 10\nreconnectMaxMs = 20
unknownGroups = "${random.pick(["drop", "reject"])}"
${random.chance(0.3) ? 'fields.drop = [58]\nfields.set = { 100 = "XNAS" }' : random.chance(0.5) ? "fields.drop = [21]" : ""}\n${validation()}`;
  const account = (name: string): string =>
    `[risk.accounts.${name}]\nmaxOrderQty = 100000\nmaxOrderNotional = 100000000\nmaxOpenOrders = 1000\nordersPerSecond = 100000`;
  const text = `[lanes]
preset = "${random.pick(["one", "two", "wide"])}"
[client]
listen = "${DOOR}"
maxConnections = 5
maxMessageBytes = ${maxMessageBytes}
awaitVenuesMs = 0
${accounts.map(client).join("\n")}
${(["ALPHA", "BETA"] as const).map(venue).join("\n")}
[routing]
default = "ALPHA"
[symbols.AAPL]
referencePrice = "100"
[symbols.MSFT]
venue = "BETA"
referencePrice = "100"
[risk]
collarPercent = 50
${[LONG_ACCOUNT, "ACC1", "ACC2"].map(account).join("\n")}
[core]
maxOrders = 4096
[journal]
segmentMiB = 1
bufferMiB = 1
${random.chance(0.3) ? `durability = "disk"` : ""}
`;
  const loaded = loadConfig(text, "the strangers' configuration");
  if (loaded.config === undefined) throw new Error(loaded.problems.map(problemLine).join("\n"));
  // A backlog that fills within a run.
  for (const session of Object.values(loaded.config.client.sessions))
    session.backlogBytes = random.pick([1_024, 65_536]);
  return loaded.config;
}
