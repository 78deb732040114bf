import type { Log } from "../base/log.ts";
import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import type { Views } from "../base/views.ts";
import type { CancelMode } from "../config/cancel-on-disconnect.ts";
import { type KeyChange, type Keys, withChanges } from "../config/difference.ts";
import { passwordIn, readPasswordFiles } from "../config/password-file.ts";
import { pathText } from "../config/problem.ts";
import { type ReloadPart, reloadTerm } from "../config/reload-terms.ts";
import { resolveConfig } from "../config/resolve.ts";
import type { ConfigFile, GatewayConfig } from "../config/schema.ts";
import { takesUsual } from "../config/venue-orders.ts";
import { NO_ANSWER } from "../control/commands.ts";
import { giveIds, type JournalNames } from "../journal/store/names.ts";
import { fixedBytes } from "../plan/needs.ts";
import type { Plan, SidePlan } from "../plan/plan.ts";
import { clearDefinition, DEFINITION_TEXT_BYTES, putDefinition, readDefinition } from "../record/definition.ts";
import { SESSION_ADD, SESSION_NOT_BUILT, SESSION_RETIRE, SESSION_REVIVE } from "../record/session-command.ts";
import type { AgentCommands, LateAnswer, SessionCommandOutcome } from "./agent-commands.ts";
import { type ClientDefinition, definitionText, type VenueDefinition } from "./definitions.ts";
import { roomBytesFor, sessionBacklogBytes } from "./lane-reactor.ts";
import type { Reloadable } from "./reload.ts";
import type { ClientRoster, Member, Roster, VenueRoster } from "./roster.ts";
import type { TlsPart } from "./tls-part.ts";

/** One that is to be retired is looked at again at this interval while an order has come to it meanwhile. */
const WAIT_MS = 1_000;

type VenueSettings = VenueDefinition["settings"];
type Settings = ClientDefinition["settings"] | VenueSettings;

/** Open orders of client sessions, or of venues, which takes several turns of the main thread. */
export type OpenOrders = (members: readonly Member[]) => Promise<ReadonlyMap<Member, number>>;

export interface CounterpartyReloadParts {
  /** The data directory. */
  readonly dir: string;
  readonly names: JournalNames;
  readonly plan: Plan;
  readonly views: Views;
  readonly agents: Pick<AgentCommands, "sendTo" | "followLate">;
  /** FIX versions of the sessions that are there, whose dictionaries lanes have compiled. */
  readonly versions: () => ReadonlySet<string>;
  readonly openOrders: OpenOrders;
  readonly tls: Pick<TlsPart, "venueProblem" | "openVenue">;
  readonly tasks: Pick<PeriodicTasks, "every">;
  readonly log: Log;
}

/** What client sessions and venues differ in. */
interface Side {
  readonly roster: Roster<Settings>;
  readonly keys: readonly string[];
  readonly who: string;
  readonly spareKey: string;
  readonly spare: number;
  /** One with open orders is not retired. */
  readonly waitsForOrders: boolean;
  readonly settingsOf: (config: GatewayConfig) => Readonly<Record<string, Settings>>;
  readonly giveIds: (names: readonly string[]) => void;
  readonly ids: () => Readonly<Record<string, number>>;
}

/** The part of a reload that adds client sessions while the gateway runs, and retires them. */
export function clientReload(parts: CounterpartyReloadParts, roster: ClientRoster): Reloadable {
  const { dir, names, plan } = parts;
  return new CounterpartyReload(parts, {
    roster: roster as Roster<Settings>,
    keys: ["client", "sessions"],
    who: "client",
    spareKey: "client.spareSessions",
    spare: plan.sessionRows - roster.atStart,
    waitsForOrders: false,
    settingsOf: ({ client }) => client.sessions,
    giveIds: (clients) => giveIds(dir, names, { clients, venues: [] }),
    ids: () => names.clients,
  });
}

/** The same of venues. */
export function venueReload(parts: CounterpartyReloadParts, roster: VenueRoster): Reloadable {
  const { dir, names, plan } = parts;
  return new CounterpartyReload(parts, {
    roster: roster as Roster<Settings>,
    keys: ["venues"],
    who: "venue",
    spareKey: "core.spareVenues",
    spare: plan.venueRows - roster.atStart,
    waitsForOrders: true,
    settingsOf: ({ venues }) => venues,
    giveIds: (venues) => giveIds(dir, names, { clients: [], venues }),
    ids: () => names.venues,
  });
}

/** Adds client sessions or venues to the agents on their lanes, retires them, and brings back those that are retired. */
class CounterpartyReload implements Reloadable {
  /** Entitlements and routes are the core's, who may log on is published. */
  readonly also: readonly ReloadPart[] = ["limits", "credentials", "cancel on disconnect", "message limits"];
  /** Those that an order has come to while they were being retired. */
  private readonly leaving = new Set<Member<Settings>>();
  private end: (() => void) | null = null;
  /** Names that the last reload wanted. */
  private wanted: ReadonlySet<string> = new Set();
  private last: Promise<unknown> = Promise.resolve();
  /** Open orders of those that the changes last looked at take away. */
  private open: ReadonlyMap<Member, number> = new Map();

  constructor(
    private readonly parts: CounterpartyReloadParts,
    private readonly side: Side,
  ) {
    parts.agents.followLate((answer) => this.late(answer));
  }

  readonly look = async (changes: readonly KeyChange[]): Promise<void> => {
    const names = changes.flatMap((change) =>
      change.after === undefined && this.isEntry(change.keys) ? namesIn(change) : [],
    );
    const members = names.flatMap((name) => this.side.roster.find(name) ?? []);
    this.open = members.length === 0 ? new Map() : await this.parts.openOrders(members);
  };

  readonly refusal = (change: KeyChange, inForce: ConfigFile, changes: readonly KeyChange[]): string | null => {
    if (change.after === undefined) {
      const heir = this.heirOf(change, changes);
      if (heir !== undefined) return `a start gives its numbers and orders to ${heir}`;
      return this.retiringRefusal(namesIn(change));
    }
    const next = resolveConfig(withChanges(inForce, [change]));
    return this.addingRefusal(change, next, namesIn(change), this.neededBefore(change, changes));
  };

  readonly describe = (change: KeyChange, changes: readonly KeyChange[]): string => {
    const { roster, spare, spareKey } = this.side;
    const names = namesIn(change);
    if (change.after === undefined) {
      const open = this.openOrders(names);
      return `at once: it is logged out${open === 0 ? "" : fateText(open, change.before as CancelTerms)}`;
    }
    const needed = this.needing(names);
    if (needed.length === 0) {
      const wasBuilt = names.every((name) => roster.find(name)?.isBuilt === true);
      return `at once: ${wasBuilt ? "it is there again as it was" : "it is built at the place that a reload before gave it"}`;
    }
    const left = roster.free - this.neededBefore(change, changes).length - needed.length;
    const { version } = change.after as { version: string };
    const first = this.parts.versions().has(version)
      ? ""
      : `; the first of ${version}, for which its lane stands some 50 ms`;
    return `at once; ${left} of ${spare} spare places are left then (${spareKey})${first}`;
  };

  readonly prepare = (config: GatewayConfig): string | null => {
    const { roster, settingsOf } = this.side;
    roster.dropUnbuilt();
    const added = Object.entries(settingsOf(config)).filter(([name]) => roster.find(name) === undefined);
    if (added.length === 0) return null;
    try {
      readPasswordFiles(config);
      this.side.giveIds(this.needing(added.map(([name]) => name)));
    } catch (error) {
      return (error as Error).message;
    }
    roster.add(added);
    return null;
  };

  readonly apply = (config: GatewayConfig): Promise<string | null> => this.inTurn(() => this.take(config));

  private async take(config: GatewayConfig): Promise<string | null> {
    const { roster, settingsOf } = this.side;
    const wanted = settingsOf(config);
    this.wanted = new Set(Object.keys(wanted));
    for (const member of [...roster.all]) {
      const isWanted = Object.hasOwn(wanted, member.name);
      if (isWanted) this.leaving.delete(member);
      const problem =
        isWanted && !member.isBuilt
          ? await this.build(member)
          : isWanted && member.isRetired
            ? await this.revive(member)
            : !isWanted && member.isBuilt && !member.isRetired
              ? await this.retire(member)
              : null;
      if (problem !== null) return `${this.pathOf(member.name)}: ${problem}`;
    }
    return null;
  }

  /** The new name of one that is taken away. */
  private heirOf({ keys }: KeyChange, changes: readonly KeyChange[]): string | undefined {
    const heir = changes.find(
      ({ keys: own, before, after }) =>
        before === undefined &&
        this.isEntry(own) &&
        (after as { renamedFrom?: string }).renamedFrom === String(keys.at(-1)),
    );
    return heir === undefined ? undefined : String(heir.keys.at(-1));
  }

  private retiringRefusal(names: readonly string[]): string | null {
    const open = this.openOrders(names);
    if (open === 0 || !this.side.waitsForOrders) return null;
    return `it has ${openText(open)}: cancel them, or wait for their end, then reload again`;
  }

  private addingRefusal(
    { after }: KeyChange,
    next: GatewayConfig,
    names: readonly string[],
    before: readonly string[],
  ): string | null {
    const { side } = this;
    const { roster } = side;
    const file = after as { dictionary?: string; transportDictionary?: string; renamedFrom?: string };
    if (file.dictionary !== undefined || file.transportDictionary !== undefined)
      return "its dictionary is not built in: a start compiles it";
    if (file.renamedFrom !== undefined) return "a start gives it the numbers and orders of its former name";
    for (const name of names) {
      const settings = side.settingsOf(next)[name]!;
      const known = roster.find(name);
      const isOther = known !== undefined && this.builtText(known.settings) !== this.builtText(settings);
      if (isOther && known.isBuilt) return "it was retired with other settings: a start builds it again";
      if (isOther && known.isAwaited) return "its lane may have built it with other settings: a start builds it again";
      // The core still has what a venue that is retired takes; what a session may use is a limit.
      const isVenue = "timeInForce" in settings;
      if (isVenue && known?.isBuilt !== true && !takesUsual(settings as Partial<VenueDefinition["settings"]>))
        return "its orderTypes or timeInForce are not the default: the core has them from its start";
      if (known?.isBuilt === true && !hasPasswordOf(known.settings, settings))
        return "its password file has another content than when it was built: a start reads it";
      if (known === undefined && ((settings as VenueSettings).throttle?.messages ?? 0) > 0)
        return "it has a throttle: only a start gives that its memory";
      const tlsProblem = known === undefined ? this.parts.tls.venueProblem(name, settings as VenueSettings) : null;
      if (tlsProblem !== null) return tlsProblem;
      if (known === undefined && roster.isOfThePast(name))
        return "the journal has it from before this start: a start takes up its numbers and orders";
      if (
        definitionText({ name, id: 0, row: 0, place: 0, settings } as ClientDefinition).length > DEFINITION_TEXT_BYTES
      )
        return `its settings are longer than ${DEFINITION_TEXT_BYTES.toLocaleString("en")} bytes: a start reads them`;
    }
    const most = this.mostBacklogBytes();
    const { backlogBytes } = side.settingsOf(next)[names[0]!]!;
    if (names.some((name) => roster.find(name) === undefined) && backlogBytes > most)
      return `backlogBytes: expected at most ${most.toLocaleString("en")}, for which the connections have room since the start, got ${backlogBytes.toLocaleString("en")}`;
    const more = this.needing(names).length + before.length;
    if (more > roster.free)
      return `no spare place is left: expected up to ${roster.free} more until the next start (${side.spareKey} = ${side.spare}), got ${more}`;
    if (next.client.maxMessageBytes + 1024 + fixedBytes(next) > this.parts.plan.messageBytes)
      return "its fixed fields are longer than any at the start, which decides the longest message";
    return null;
  }

  /** Most that every agent's connections hold back; each venue has one connection. */
  private mostBacklogBytes(): number {
    const { clients, messageBytes } = this.parts.plan;
    const { roster, waitsForOrders } = this.side;
    if (waitsForOrders) return Number.POSITIVE_INFINITY;
    const roomBytes = roomBytesFor(messageBytes);
    const ofSide = (side: SidePlan): number =>
      Math.max(
        ...roster
          .of(side)
          .filter(({ row }) => row < roster.atStart)
          .map(({ settings }) => settings.backlogBytes),
        sessionBacklogBytes(0, roomBytes),
      );
    return Math.min(...clients.map(ofSide));
  }

  /** What its agent is built from: without what a reload changes, and without what a password file had. */
  private builtText(settings: Settings): string {
    const { passwordFile } = settings as VenueSettings;
    const isBuiltIn = (key: string): boolean => reloadTerm([...this.side.keys, "*", key]).by === null;
    const isOfFile = (key: string): boolean => key === "password" && passwordFile !== undefined;
    const built = Object.entries(settings).filter(([key]) => isBuiltIn(key) && !isOfFile(key));
    return JSON.stringify(built.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Those that need a spare place. */
  private needing(names: readonly string[]): string[] {
    return names.filter((name) => !Object.hasOwn(this.side.ids(), name));
  }

  /** Names that the changes before this one give a spare place. */
  private neededBefore(change: KeyChange, changes: readonly KeyChange[]): string[] {
    return changes
      .slice(0, changes.indexOf(change))
      .filter(({ keys, before }) => before === undefined && this.isEntry(keys))
      .flatMap((one) => this.needing(namesIn(one)));
  }

  private isEntry(keys: Keys): boolean {
    const own = this.side.keys;
    return keys.length === own.length + 1 && own.every((key, i) => keys[i] === key);
  }

  private async build(member: Member<Settings>): Promise<string | null> {
    const { views, agents } = this.parts;
    const { definitionAt } = member.side;
    const { name, id, row, place, settings } = member;
    const others = this.side.roster.of(member.side);
    const awaited = others.find(({ isAwaited }) => isAwaited);
    // The text of that one may be in the definition's place, and its place is the next.
    if (awaited !== undefined) return `its lane has not answered yet whether ${awaited.name} is built: reload again`;
    const definition = { name, id, row, place, settings };
    try {
      const tlsTarget = await this.parts.tls.openVenue(name, settings as VenueSettings);
      putDefinition(views, definitionAt, definitionText({ ...definition, tlsTarget } as VenueDefinition));
    } catch (error) {
      return (error as Error).message;
    }
    return this.built(member, await agents.sendTo(member, { kind: SESSION_ADD }));
  }

  /** Takes the answer of the lane that was to build one. */
  private built(member: Member<Settings>, outcome: SessionCommandOutcome): string | null {
    const { views } = this.parts;
    const { definitionAt } = member.side;
    const { applied, reason, result, value, code } = outcome;
    member.isAwaited = result === NO_ANSWER;
    if (code === SESSION_NOT_BUILT) {
      const why = readDefinition(views, definitionAt);
      clearDefinition(views, definitionAt);
      return `it can't be built: ${why}`;
    }
    if (!applied) {
      if (!member.isAwaited) clearDefinition(views, definitionAt);
      return reason;
    }
    member.isBuilt = true;
    this.line(member, `added by a reload; its lane built it in ${(value / 1000).toFixed(1)} ms`);
    return null;
  }

  /** An answer that has come after the reload had given up. */
  private late({ side, order, outcome }: LateAnswer): void {
    const member = this.side.roster.all.find((one) => one.side === side && one.id === order.session);
    if (member?.isAwaited !== true || order.kind !== SESSION_ADD) return;
    const problem = this.built(member, outcome);
    if (problem !== null) this.line(member, problem);
    else void this.inTurn(async () => this.wanted.has(member.name) || this.retireNow(member));
  }

  /** One after another: what a reload does, and what becomes of those that are leaving. */
  private inTurn<T>(run: () => Promise<T>): Promise<T> {
    const next = this.last.then(run);
    this.last = next.catch(() => {});
    return next;
  }

  private async revive(member: Member<Settings>): Promise<string | null> {
    const { applied, reason } = await this.parts.agents.sendTo(member, { kind: SESSION_REVIVE });
    if (!applied) return reason;
    member.isRetired = false;
    this.line(member, "is there again after a reload");
    return null;
  }

  private async retire(member: Member<Settings>): Promise<string | null> {
    const open = (await this.parts.openOrders([member])).get(member) ?? 0;
    if (open > 0 && this.side.waitsForOrders) {
      // It came after the check: from here on no symbol leads there.
      this.leaving.add(member);
      this.end ??= this.parts.tasks.every(WAIT_MS, () => void this.inTurn(() => this.retireLeaving()));
      this.line(member, `is retired once its ${open} open ${open === 1 ? "order is" : "orders are"} done`);
      return null;
    }
    const { applied, reason } = await this.parts.agents.sendTo(member, { kind: SESSION_RETIRE });
    if (!applied) return reason;
    member.isRetired = true;
    this.line(
      member,
      `retired by a reload: it is logged out${open === 0 ? "" : `; its ${openText(open)} stay unless cancelOnDisconnect cancels them`}`,
    );
    return null;
  }

  private async retireLeaving(): Promise<void> {
    const open = await this.parts.openOrders([...this.leaving]);
    for (const member of this.leaving) {
      if (open.get(member) !== 0) continue;
      this.leaving.delete(member);
      await this.retireNow(member);
    }
    if (this.leaving.size > 0) return;
    this.end?.();
    this.end = null;
  }

  private async retireNow(member: Member<Settings>): Promise<void> {
    const problem = await this.retire(member);
    if (problem !== null) this.line(member, `can't be retired: ${problem}`);
  }

  /** As the last look has found them. */
  private openOrders(names: readonly string[]): number {
    const members = names.flatMap((name) => this.side.roster.find(name) ?? []);
    return members.reduce((sum, member) => sum + (this.open.get(member) ?? 0), 0);
  }

  private line({ name }: Member<Settings>, what: string): void {
    this.parts.log.of(`${this.side.who} ${name}`).info(what);
  }

  private pathOf(name: string): string {
    return pathText([...this.side.keys, name]);
  }
}

/** Names of the sessions that a change adds or takes away; dynamic ones are several. */
function namesIn({ keys, before, after }: KeyChange): string[] {
  const name = String(keys.at(-1));
  const { dynamicSessions = 0 } = (after ?? before) as { dynamicSessions?: number };
  if (dynamicSessions === 0) return [name];
  return Array.from({ length: dynamicSessions }, (_, i) => `${name}.${i + 1}`);
}

/** True for one without a password file, and for one whose file has what it was built with. */
function hasPasswordOf(built: Settings, wanted: Settings): boolean {
  const { passwordFile } = wanted as VenueSettings;
  return passwordFile === undefined || passwordIn(passwordFile) === (built as VenueSettings).password;
}

/** What a session's table says about its open orders at its Logout. */
interface CancelTerms {
  readonly cancelOnDisconnect?: CancelMode;
  readonly cancelOnDisconnectOrders?: "all" | "day";
  readonly cancelOnDisconnectByLogon?: boolean;
}

/** What becomes of the open orders of a session that is logged out. */
function fateText(open: number, terms: CancelTerms): string {
  const { cancelOnDisconnect: mode = "none", cancelOnDisconnectOrders: orders, cancelOnDisconnectByLogon } = terms;
  const its = `; its ${openText(open)}`;
  if (cancelOnDisconnectByLogon === true)
    return `${its}: its last Logon says whether they are canceled, else cancelOnDisconnect`;
  if (mode === "logout" || mode === "both") {
    const but = orders === "day" ? ", except those that are good till canceled" : "";
    return `${its}: canceled, as cancelOnDisconnect says${but}`;
  }
  const [stay, are] = open === 1 ? ["stays", "it is"] : ["stay", "they are"];
  return `${its} ${stay}: a start without it needs --orphan-orders until ${are} done`;
}

function openText(open: number): string {
  return `${open.toLocaleString("en")} open ${open === 1 ? "order" : "orders"}`;
}
