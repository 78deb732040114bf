import type { DropCopySession } from "../config/drop-copy.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { JournalNames } from "../journal/store/names.ts";
import type { CommandedPlan } from "../plan/command-rings.ts";
import type { DropCopyPlan } from "../plan/drop-copy.ts";
import type { Plan, SidePlan } from "../plan/plan.ts";

type Ids = Readonly<Record<string, number>>;

/** A client session, a venue or a drop copy session that has a place. */
export interface Member<Settings = unknown, Side extends CommandedPlan = SidePlan> {
  readonly name: string;
  readonly id: number;
  /** Of all of its kind: its row in shared memory. */
  readonly row: number;
  /** Its agent, and its place among the agent's. */
  readonly side: Side;
  readonly place: number;
  readonly settings: Settings;
  /** False while a reload is about to build it. */
  isBuilt: boolean;
  /** Its agent has not answered yet whether it is built. */
  isAwaited: boolean;
  /** The configuration no longer has it: it is logged out, and its name stays until a restart. */
  isRetired: boolean;
}

export type ClientMember = Member<GatewayConfig["client"]["sessions"][string]>;
export type VenueMember = Member<GatewayConfig["venues"][string]>;

/** Who has a place in a running gateway: the client sessions, or the venues. A reload adds some and retires some. Main thread. */
export class Roster<Settings = unknown, Side extends CommandedPlan = SidePlan> {
  private readonly members: Member<Settings, Side>[] = [];
  private readonly byName = new Map<string, Member<Settings, Side>>();
  /** By agent: its members. */
  private readonly bySide: readonly Member<Settings, Side>[][];

  constructor(
    private readonly sides: readonly Side[],
    /** Rows in all. */
    readonly rows: number,
    /** Ids below this were given before the start. */
    private readonly firstId: number,
    settings: Readonly<Record<string, Settings>>,
    private readonly ids: Ids,
  ) {
    this.bySide = sides.map(() => []);
    for (const [name, own] of Object.entries(settings)) this.take(name, this.members.length, own, true);
    this.atStart = this.members.length;
  }

  /** How many there were at the start; the rows behind them are spare. */
  readonly atStart: number;

  /** Those that are there, in the order of their rows. */
  get active(): readonly Member<Settings, Side>[] {
    return this.members.filter(({ isBuilt, isRetired }) => isBuilt && !isRetired);
  }

  /** Also those that are retired or not built yet. */
  get all(): readonly Member<Settings, Side>[] {
    return this.members;
  }

  get names(): readonly string[] {
    return this.active.map(({ name }) => name);
  }

  /** One that is there. */
  get(name: string): Member<Settings, Side> | undefined {
    const member = this.byName.get(name);
    return member?.isBuilt === true && !member.isRetired ? member : undefined;
  }

  /** Also one that is retired or not built yet. */
  find(name: string): Member<Settings, Side> | undefined {
    return this.byName.get(name);
  }

  /** Those of an agent by their places, also those that are retired or not built yet. */
  of(side: Side): readonly Member<Settings, Side>[] {
    return this.bySide[this.sides.indexOf(side)]!;
  }

  /** The journal has its name from before this start. */
  isOfThePast(name: string): boolean {
    return Object.hasOwn(this.ids, name) && this.ids[name]! < this.firstId;
  }

  /** Names that may still be given a place. */
  get free(): number {
    const given = Object.values(this.ids).filter((id) => id >= this.firstId).length;
    return this.rows - this.atStart - given;
  }

  /** Gives places to names whose ids were given while the gateway runs: an agent's in the order of their ids, in which they are built. */
  add(named: readonly (readonly [name: string, settings: Settings])[]): void {
    const byId = named.toSorted(([a], [b]) => this.ids[a]! - this.ids[b]!);
    for (const [name, settings] of byId)
      this.take(name, this.atStart + this.ids[name]! - this.firstId, settings, false);
  }

  /** Takes their places from those that an earlier reload has not built, except from one that may yet be. */
  dropUnbuilt(): void {
    for (const member of this.members.filter(({ isBuilt, isAwaited }) => !isBuilt && !isAwaited)) {
      this.members.splice(this.members.indexOf(member), 1);
      const others = this.bySide[member.row % this.sides.length]!;
      others.splice(others.indexOf(member), 1);
      this.byName.delete(member.name);
    }
  }

  private take(name: string, row: number, settings: Settings, isBuilt: boolean): Member<Settings, Side> {
    const agent = row % this.sides.length;
    const others = this.bySide[agent]!;
    const whose = { side: this.sides[agent]!, place: others.length };
    const member = { name, id: this.ids[name]!, row, ...whose, settings, isBuilt, isAwaited: false, isRetired: false };
    others.push(member);
    const behind = this.members.findLastIndex((one) => one.row < row);
    this.members.splice(behind + 1, 0, member);
    this.byName.set(name, member);
    return member;
  }
}

export type ClientRoster = Roster<GatewayConfig["client"]["sessions"][string]>;
export type VenueRoster = Roster<GatewayConfig["venues"][string]>;

export type DropCopyRoster = Roster<DropCopySession, DropCopyPlan>;

/** Who has a place: on both sides, and beside them. */
export interface Rosters {
  readonly clients: ClientRoster;
  readonly venues: VenueRoster;
  /** Without places for more: the lane has them from its start. */
  readonly dropCopies: DropCopyRoster;
}

/** What an operator may see and steer by its name. */
export type MemberKind = "session" | "venue" | "drop-copy";

/** One that is there. */
export function memberOf(
  { clients, venues, dropCopies }: Rosters,
  kind: MemberKind,
  name: string,
): Member<unknown, CommandedPlan> | undefined {
  if (kind === "drop-copy") return dropCopies.get(name);
  return kind === "venue" ? venues.get(name) : clients.get(name);
}

export function rostersOf(config: GatewayConfig, plan: Plan, names: Pick<JournalNames, "clients" | "venues">): Rosters {
  const { givenIds, sessionRows, venueRows } = plan;
  const copies = config.dropCopy?.sessions ?? {};
  const copying = plan.dropCopy === null ? [] : [plan.dropCopy];
  return {
    clients: new Roster(plan.clients, sessionRows, givenIds.clients, config.client.sessions, names.clients),
    venues: new Roster(plan.venues, venueRows, givenIds.venues, config.venues, names.venues),
    dropCopies: new Roster(copying, Object.keys(copies).length, givenIds.clients, copies, names.clients),
  };
}
