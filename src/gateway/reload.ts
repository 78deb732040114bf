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
}

export interface ReloadParts {
  /** Reads and checks the file again, with all that it names. */
  readonly read: () => ReadResult;
  /** The configuration of the start. */
  readonly file: ConfigFile;
  readonly source: ConfigSource;
  /** The files that a configuration names, as they are now. */
  readonly namedFiles: (config: GatewayConfig) => readonly NamedFile[];
  readonly reloadables: Readonly<Partial<Record<ReloadPart, Reloadable>>>;
}

/** The one part whose `apply` may fail is asked first. */
const MAY_FAIL: ReloadPart = "limits";

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
  private source: ConfigSource;
  private notInForce: ReloadChange[] = [];
  private last: Promise<unknown> = Promise.resolve();
  /** The files that the configuration of the start names, as they were then. */
  private readonly startFiles: readonly NamedFile[];

  constructor(private readonly parts: ReloadParts) {
    this.reloadables = { ...parts.reloadables };
    this.inForce = parts.file;
    this.source = parts.source;
    this.startFiles = parts.namedFiles(resolveConfig(parts.file));
  }

  view(): ConfigurationView {
    const { path: file, sha256, readAt } = this.source;
    return { file, sha256, readAt, notInForce: this.notInForce };
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
    const read = this.parts.read();
    const { path: file, sha256 } = read.source;
    const base = { file, sha256, dryRun };
    if (read.config === undefined)
      return { ...base, result: "refused", changes: [], problems: read.problems.map(problemLine), warnings: [] };
    const verdicts = this.verdicts(read.file);
    const warnings = read.warnings.map(problemLine);
    const held = this.held(verdicts, read.file);
    const changes = [
      ...verdicts.map((verdict) => shown(verdict, held)),
      ...changedFiles(this.startFiles, this.parts.namedFiles(read.config)),
    ];
    const report: ReloadReport = {
      ...base,
      result: verdicts.some(({ part }) => part !== null) ? "applied" : "unchanged",
      changes,
      problems: [],
      warnings,
    };
    const next = withChanges(
      this.inForce,
      verdicts.filter(({ part }) => part !== null).map(({ change }) => change),
    );
    const problem = await this.apply(next, new Set(verdicts.map(({ part }) => part)), dryRun);
    if (problem !== null) return { ...report, result: "refused", problems: [problem] };
    if (dryRun) return report;
    this.inForce = next;
    this.source = read.source;
    this.notInForce = changes.filter(({ effect }) => effect !== "applied");
    return report;
  }

  /** Each difference between what is in force and the file, and the part that takes it. */
  private verdicts(wanted: ConfigFile): Verdict[] {
    const changes = differences(this.inForce, wanted);
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
        const own = problems.find(({ where }) => where === key || where.startsWith(`${key}.`));
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

  /** Gives the parts their values; a dry run only asks whether they would take them. Returns  null, or why none did. */
  private async apply(next: ConfigFile, parts: ReadonlySet<string | null>, dryRun: boolean): Promise<string | null> {
    const config = resolveConfig(next);
    const also = Object.entries(this.reloadables).flatMap(([part, { also = [] }]) => (parts.has(part) ? also : []));
    const concerned = Object.entries(this.reloadables)
      .filter(([part]) => parts.has(part) || also.some((one) => one === part))
      .sort(([part]) => (part === MAY_FAIL ? -1 : 1));
    for (const [part, { check }] of concerned) {
      const why = check?.(config) ?? null;
      if (why !== null) return `${part}: ${why}`;
    }
    if (dryRun) return null;
    for (const [part, { prepare }] of concerned) {
      const why = prepare?.(config) ?? null;
      if (why !== null) return `${part}: ${why}`;
    }
    for (const [part, { apply }] of concerned) {
      const why = await apply(config);
      if (why !== null) return `${part}: ${why}`;
    }
    return null;
  }
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
  return ({ change }) => {
    const key = keyText(change.keys);
    return where === key || where.startsWith(`${key}.`);
  };
}

function shown({ change, part, how }: Verdict, held: ReadonlyMap<string, string>): ReloadChange {
  const { keys, before, after } = change;
  const key = keyText(keys);
  const texts = { key, before: shownValue(keys, before), after: shownValue(keys, after) };
  if (part === null) return { ...texts, effect: "restart", how };
  const kept = held.get(key);
  return kept === undefined ? { ...texts, effect: "applied", how } : { ...texts, effect: "operator", how: kept };
}
