import { LOGON } from "../../../src/counterparty/message.ts";
import type { Version } from "../../../src/counterparty/version.ts";
import { freePort, Gateway } from "../gateway.ts";
import { nameOf } from "../versions.ts";
import { FieldClient, FieldVenue, Pair } from "./pair.ts";

/** One gateway with a client's and a venue's session for each pair of versions. */
export class FieldGateway {
  private readonly gateway: Gateway;
  private readonly all: readonly Pair[];

  constructor(
    versions: readonly (readonly [client: Version, venue: Version])[],
    more: (client: Version, venue: Version) => string = () => "",
    preset: "one" | "wide" = "one",
  ) {
    const names = versions.map(([mine, theirs]) => `${nameOf(mine)}X${nameOf(theirs)}`);
    const ports = names.map(() => freePort());
    const tables = versions.map(
      ([mine, theirs], i) => `
[client.sessions.C${names[i]}]
version = "${mine}"
accounts = ["A${names[i]}"]
[venues.V${names[i]}]
address = "127.0.0.1:${ports[i]}"
version = "${theirs}"
reconnectMinMs = 20
resendOrdersWithinS = 3600
${more(mine, theirs)}
[symbols.S${names[i]}]
venue = "V${names[i]}"
referencePrice = "150"
collarPercent = 1000
[risk.accounts.A${names[i]}]
maxOrderQty = 1_000_000_000
maxOrderNotional = 900_000_000_000
maxOpenOrders = 65_536
ordersPerSecond = 10_000_000`,
    );
    this.gateway = new Gateway({ tables: tables.join("\n"), segmentMiB: 32, maxOrders: 65_536, preset });
    this.all = versions.map(([mine, theirs], i) => {
      const client = new FieldClient(`C${names[i]}`, this.gateway.clientPort, { version: mine });
      const venue = new FieldVenue(ports[i]!, `V${names[i]}`, { version: theirs });
      return new Pair(client, venue, `A${names[i]}`, `S${names[i]}`);
    });
  }

  pair(mine: Version, theirs: Version): Pair {
    return this.all.find(({ client, venue }) => client.version === mine && venue.version === theirs)!;
  }

  async start(): Promise<void> {
    for (const { venue } of this.all) venue.listen();
    const logons = this.all.map(({ venue }) => venue.waitType(LOGON));
    await this.gateway.start();
    await Promise.all(logons);
    await Promise.all(this.all.map(({ client }) => client.logon()));
    for (const { venue } of this.all) await this.gateway.said(`venue ${venue.compId}: up`);
  }

  /** Kills it, and starts it again; the sessions go on with their numbers. */
  async restart(): Promise<void> {
    await this.gateway.crash();
    const logons = this.all.map(({ venue }) => venue.waitType(LOGON));
    await this.gateway.start();
    await Promise.all(logons);
    await Promise.all(this.all.map(({ client }) => client.logon()));
  }

  get isRunning(): boolean {
    return this.gateway.isRunning;
  }

  faults(): string[] {
    return this.all.flatMap(({ client, venue }) => [...client.faults, ...venue.faults]);
  }

  async remove(): Promise<void> {
    for (const { venue } of this.all) venue.stop();
    await this.gateway.remove();
  }
}
