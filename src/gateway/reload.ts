import type { ConfigSource, ReadResult } from "../config/config-file.ts";
import { consistencyProblems } from "../config/consistency.ts";
import { differences, type KeyChange, keyText, shownValue, withChanges } from "../config/difference.ts";
import type { NamedFile } from "../config/named-files.ts";
import { problemLine } from "../config/problem.ts";
import { type ReloadPart, reloadTerm } from "../config/reload-terms.ts";
import { resolveConfig } from "../config/resolve.ts";
import type { ConfigFile, GatewayConfig } from "../config/schema.ts";
import type { ConfigurationView, ReloadChange, Reloading, ReloadReport } from "../operation/reload.ts";

/** A part of the gateway that takes new values of the configuration while it runs. */
export interface Reloadable {
  /** Looks for what `refusal` and `describe` need to know of these changes, where that takes more than one turn of the main thread. */
  readonly look?: (changes: readonly KeyChange[]) => Promise<void>;
  /** Why this change, one of `changes`, needs a restart after all, or null. */
  readonly refusal?: (change: KeyChange, inForce: ConfigFile, changes: readonly KeyChange[]) => string | null;
  /** From when a change counts, where the row of its key does not say it all. */
  readonly describe?: (change: KeyChange, changes: readonly KeyChange[]) => string;
  /** Keys whose value an operator has set: they keep it, and this says what they keep. By key text. */
  readonly held?: (inForce: ConfigFile, wanted: ConfigFile) => ReadonlyMap<string, string>;
  /** Why these values cannot be taken, or null. Asked of every part before the first one takes its values. */
  readonly check?: (config: GatewayConfig) => string | null;
  /** Parts that take their values whenever this one does. */
  readonly also?: readonly ReloadPart[];
  /** What must be there before any part takes its values, and does no harm where none takes them. Returns  why it can't be, or null. */
  readonly prepare?: (config: GatewayConfig) => string | null;
  /** Takes the values of `config`. Resolves with null, or with why none was taken. */
  readonly apply: (config: GatewayConfig) => null | Promise<string | null>;
  /** What waits until every part has taken its values. Resolves as `apply`. */
  readonly finish?: (config: GatewayConfig) => Promise<string | null>;
}

export interface ReloadParts {
  /** Reads and checks the file again, with all that it names. */
  readonly read: () => ReadResult;
  /** The configuration of the start. */
  readonly file: ConfigFile;
  readonly source: ConfigSource;
  /** The files that a configuration names, as they are now. */
  readonly namedFiles: (config: GatewayConfig) => readonly NamedFile[];
  /** Takes certificates and keys anew from their files. Returns  why some can't be used, and those before stay; or null. */
  readonly renew: () => string | null;
  readonly reloadables: Readonly<Partial<Record<ReloadPart, Reloadable>>>;
}

/**
 * The order in which parts take their values; all others, which can't fail, come between. The core may refuse its values, and takes back what
 * it has: first. A session or a venue is built last: then it is known to the core, and who may log on is published.
 */
const FIRST: readonly string[] = ["limits"] satisfies ReloadPart[];
const LAST: readonly string[] = ["venues", "client sessions"] satisfies ReloadPart[];

/** Why a part has not taken its values, and those that have. */
interface Failure {
  readonly problem: string;
  readonly inForceAlready: readonly string[];
}

/** Where a change goes. */
interface Verdict {
  readonly change: KeyChange;
  readonly part: ReloadPart | null;
  /** From when it counts, or why it needs a restart. */
  readonly how: string;
}

/**
 * Compares the configuration file with what is in force and applies what a running gateway takes. A file that is not valid
 * changes nothing, nor does one of which a part refuses its values.
 */
export class Reload implements Reloading {
  private readonly reloadables: Partial<Record<ReloadPart, Reloadable>>;
  private inForce: ConfigFile;
  private resolved: GatewayConfig;
  private source: ConfigSource;
  private notInForce: ReloadChange[] = [];
  private last: Promise<unknown> = Promise.resolve();
  /** Parts that may have values of a reload that failed partway: the next one gives them theirs, whatever the file. */
  private readonly owed = new Set<string>();
  /** The files that the configuration of the start names, as they were then. */
  private readonly startFiles: readonly NamedFile[];

  constructor(private readonly parts: ReloadParts) {
    this.reloadables = { ...parts.reloadables };
    this.inForce = parts.file;
    this.source = parts.source;
    this.resolved = resolveConfig(parts.file);
    this.startFiles = parts.namedFiles(this.resolved);
  }

  view(): ConfigurationView {
    const { path: file, sha256, readAt } = this.source;
    return { file, sha256, readAt, notInForce: this.notInForce };
  }

  /** The configuration in force: that of the start, with what reloads have changed. */
  get config(): GatewayConfig {
    return this.resolved;
  }

  /** A part that is made after this takes values, too. */
  register(part: ReloadPart, reloadable: Reloadable): void {
    this.reloadables[part] = reloadable;
  }

  /** One reload after another. */
  reload(dryRun: boolean): Promise<ReloadReport> {
    const next = this.last.then(() => this.run(dryRun));
    // One that fails must not keep the next from trying.
    this.last = next.catch(() => {});
    return next;
  }

  private async run(dryRun: boolean): Promise<ReloadReport> {
    const tlsProblem = dryRun ? null : this.parts.renew();
    const read = this.parts.read();
    const { path: file, sha256 } = read.source;
    const base = { file, sha256, dryRun };
    if (read.config === undefined)
      return { ...base, result: "refused", changes: [], problems: read.problems.map(problemLine), warnings: [] };
    const differing = differences(this.inForce, read.file);
    for (const { look } of Object.values(this.reloadables)) await look?.(differing);
    const verdicts = this.verdicts(differing);
    const warnings = [
      ...read.warnings.map(problemLine),
      ...this.owedWarnings(),
      ...(tlsProblem === null ? [] : [tlsProblem]),
    ];
    const held = this.held(verdicts, read.file);
    const changes = [
      ...verdicts.map((verdict) => shown(verdict, held)),
      ...changedFiles(this.startFiles, this.parts.namedFiles(read.config)),
    ];
    const report: ReloadReport = {
      ...base,
      result: verdicts.some(({ part }) => part !== null) || this.owed.size > 0 ? "applied" : "unchanged",
      changes,
      problems: [],
      warnings,
    };
    const next = withChanges(
      this.inForce,
      verdicts.filter(({ part }) => part !== null).map(({ change }) => change),
    );
    const failure = await this.apply(next, new Set(verdicts.map(({ part }) => part)), dryRun);
    if (failure !== null) {
      const { problem, inForceAlready } = failure;
      if (inForceAlready.length === 0) return { ...report, result: "refused", problems: [problem] };
      const partway = `refused partway: ${problem}; in force already: ${inForceAlready.join(", ")}. The next reload sets them again`;
      return { ...report, result: "refused", problems: [partway], inForceAlready };
    }
    if (dryRun) return report;
    this.inForce = next;
    this.resolved = resolveConfig(next);
    this.source = read.source;
    this.notInForce = changes.filter(({ effect }) => effect !== "applied");
    return report;
  }

  /** Each difference between what is in force and the file, and the part that takes it. */
  private verdicts(changes: readonly KeyChange[]): Verdict[] {
    const verdicts = changes.map((change): Verdict => this.verdict(change, changes));
    // What a change relies on may need a restart: a symbol's new venue, for instance. Then the change needs it, too.
    for (;;) {
      const live = verdicts.filter(({ part }) => part !== null);
      if (live.length === 0) return verdicts;
      const problems = consistencyProblems(
        withChanges(
          this.inForce,
          live.map(({ change }) => change),
        ),
      );
      if (problems.length === 0) return verdicts;
      for (const [i, verdict] of verdicts.entries()) {
        if (verdict.part === null) continue;
        const key = keyText(verdict.change.keys);
        const own = problems.find(({ where }) => isIn(where, key));
        const why = own ?? (problems.some(({ where }) => live.some(isAt(where))) ? undefined : problems[0]);
        if (why !== undefined)
          verdicts[i] = { ...verdict, part: null, how: `not without a restart: ${problemLine(why)}` };
      }
    }
  }

  private verdict(change: KeyChange, changes: readonly KeyChange[]): Verdict {
    const { by, how } = reloadTerm(change.keys);
    if (by === null || by === "file") return { change, part: by, how };
    const reloadable = this.reloadables[by];
    const why =
      reloadable === undefined ? "nothing takes it while it runs" : reloadable.refusal?.(change, this.inForce, changes);
    if (why != null) return { change, part: null, how: why };
    return { change, part: by, how: reloadable?.describe?.(change, changes) ?? how };
  }

  private held(verdicts: readonly Verdict[], wanted: ConfigFile): ReadonlyMap<string, string> {
    const held = new Map<string, string>();
    for (const part of new Set(verdicts.map(({ part }) => part)))
      for (const [key, what] of (part !== null && this.reloadables[part]?.held?.(this.inForce, wanted)) || [])
        held.set(key, what);
    return held;
  }

  private owedWarnings(): string[] {
    const { size } = this.owed;
    return size === 0
      ? []
      : [`the reload before was refused partway: this one sets again ${[...this.owed].join(", ")}`];
  }

  /** Gives the parts their values; a dry run only asks whether they would take them. Returns  null, or why not all did. */
  private async apply(next: ConfigFile, parts: ReadonlySet<string | null>, dryRun: boolean): Promise<Failure | null> {
    const config = resolveConfig(next);
    const concerned = this.concerned(parts);
    for (const [part, { check }] of concerned) {
      const why = check?.(config) ?? null;
      if (why !== null) return { problem: `${part}: ${why}`, inForceAlready: [] };
    }
    if (dryRun) return null;
    for (const [part, { prepare }] of concerned) {
      const why = prepare?.(config) ?? null;
      if (why !== null) return { problem: `${part}: ${why}`, inForceAlready: [] };
    }
    const inForceAlready: string[] = [];
    for (const [part, { apply }] of concerned) {
      this.owed.add(part);
      const why = await apply(config);
      if (why !== null) return { problem: `${part}: ${why}`, inForceAlready };
      inForceAlready.push(part);
    }
    for (const [part, { finish }] of concerned) {
      const why = (await finish?.(config)) ?? null;
      if (why !== null) return { problem: `${part}: ${why}`, inForceAlready };
    }
    this.owed.clear();
    return null;
  }

  /** The parts that take values, in the order in which they do. */
  private concerned(parts: ReadonlySet<string | null>): [part: string, reloadable: Reloadable][] {
    const asked = (part: string): boolean => parts.has(part) || this.owed.has(part);
    const all = Object.entries(this.reloadables);
    const also = new Set<string>(all.flatMap(([part, { also = [] }]) => (asked(part) ? also : [])));
    return all.filter(([part]) => asked(part) || also.has(part)).sort(([a], [b]) => rankOf(a) - rankOf(b));
  }
}

function rankOf(part: string): number {
  return FIRST.includes(part) ? -1 : LAST.indexOf(part) + 1;
}

/** Files with other contents than at the start, under the same keys. */
function changedFiles(before: readonly NamedFile[], now: readonly NamedFile[]): ReloadChange[] {
  return now.flatMap(({ keys, path, sha256 }) => {
    const key = keyText(keys);
    const former = before.find((one) => keyText(one.keys) === key && one.path === path);
    if (former === undefined || former.sha256 === sha256) return [];
    const how = "a start reads it";
    return [{ key, before: `${path} as at the start`, after: `${path} with another content`, effect: "restart", how }];
  });
}

function isAt(where: string): (verdict: Verdict) => boolean {
  return ({ change }) => isIn(where, keyText(change.keys));
}

/** True for a key, for those of its table, and for a place in its list. */
function isIn(where: string, key: string): boolean {
  return where === key || where.startsWith(`${key}.`) || where.startsWith(`${key}[`);
}

function shown({ change, part, how }: Verdict, held: ReadonlyMap<string, string>): ReloadChange {
  const { keys, before, after } = change;
  const key = keyText(keys);
  const texts = { key, before: shownValue(keys, before), after: shownValue(keys, after) };
  if (part === null) return { ...texts, effect: "restart", how };
  const kept = held.get(key);
  return kept === undefined ? { ...texts, effect: "applied", how } : { ...texts, effect: "operator", how: kept };
}
