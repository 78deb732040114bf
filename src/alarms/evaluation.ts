import type { Readings } from "../operation/readings.ts";
import type { Baselines } from "./baseline.ts";
import type { AlarmSettings, Check, Finding, Level, Rule } from "./rule.ts";

/** A subject's level has changed: 0 is as it should be, 1 the lowest of its rule. */
export interface Change {
  readonly rule: Rule;
  readonly subject: string;
  readonly level: number;
  readonly before: number;
  readonly text: string;
  /** The level is the same, and the finding's count is higher than it was. */
  readonly grew?: boolean;
}

/** Where one subject of a rule stands. */
interface Watch {
  level: number;
  /** Readings in a row at a higher level, and below the present one. */
  above: number;
  below: number;
  text: string;
  /** The finding's count, where it has one. */
  count: number;
}

/** Applies the rules to the readings: levels are reached after some readings in a row, and left below another value (hysteresis). */
export class Evaluation {
  private rules: readonly OpenRule[];

  constructor(
    private readonly table: readonly Rule[],
    settings: AlarmSettings,
    private readonly baselines: Baselines,
  ) {
    this.rules = this.opened(settings);
  }

  /** Other settings count from the next readings on. Returns what changes by that: alarms of rules that are off now end. */
  replace(settings: AlarmSettings): Change[] {
    const before = this.rules;
    this.rules = this.opened(settings);
    return before.flatMap((former) => former.handOver(this.rules.find(({ name }) => name === former.name)));
  }

  private opened(settings: AlarmSettings): OpenRule[] {
    return this.table
      .filter(({ name }) => !settings.off.includes(name))
      .map((rule) => new OpenRule(rule, settings, this.baselines));
  }

  /** Changes since the last readings. */
  take(readings: Readings): Change[] {
    return this.rules.flatMap((rule) => rule.take(readings));
  }

  /** Begins where another run ended: the subject is at this level. Returns false where no such rule is watched. */
  resume(rule: string, subject: string, level: number, text: string): boolean {
    const open = this.rules.find(({ name }) => name === rule);
    open?.resume(subject, level, text);
    return open !== undefined;
  }
}

class OpenRule {
  private readonly watches = new Map<string, Watch>();
  private readonly check: Check;
  private readonly levels: readonly Level[];
  private readonly raiseAfter: number;

  constructor(
    private readonly rule: Rule,
    settings: AlarmSettings,
    baselines: Baselines,
  ) {
    this.check = rule.open(settings, baselines);
    this.levels = rule.levels(settings);
    this.raiseAfter = rule.raiseAfter(settings);
  }

  get name(): string {
    return this.rule.name;
  }

  /** Every subject that is not as it should be goes to this rule's successor, or is as it should be without one. */
  handOver(successor: OpenRule | undefined): Change[] {
    return [...this.watches].flatMap(([subject, { level: before, text }]) => {
      const level = successor === undefined ? 0 : Math.min(before, successor.levels.length);
      successor?.resume(subject, level, text);
      return level === before ? [] : [{ rule: this.rule, subject, level, before, text }];
    });
  }

  resume(subject: string, level: number, text: string): void {
    this.watches.set(subject, { level: Math.min(level, this.levels.length), above: 0, below: 0, text, count: 0 });
  }

  take(readings: Readings): Change[] {
    const findings = this.check(readings);
    const changes = findings.flatMap((finding) => this.judge(finding));
    const found = new Set(findings.map(({ subject }) => subject));
    for (const [subject, { text }] of this.watches)
      if (!found.has(subject)) changes.push(...this.judge({ subject, value: Number.NEGATIVE_INFINITY, text }));
    return changes;
  }

  private judge({ subject, value, text, count = 0 }: Finding): Change[] {
    const reached = this.levels.filter(({ raise }) => value >= raise).length;
    const watch = this.watches.get(subject) ?? { level: 0, above: 0, below: 0, text, count };
    const before = watch.level;
    watch.above = reached > before ? watch.above + 1 : 0;
    watch.below = before > 0 && value < this.levels[before - 1]!.clear ? watch.below + 1 : 0;
    if (watch.above >= this.raiseAfter) this.move(watch, reached);
    else if (watch.below >= this.rule.clearAfter)
      this.move(watch, this.levels.filter(({ clear }) => value >= clear).length);
    const grew = watch.level === before && before > 0 && count > watch.count;
    watch.text = text;
    watch.count = count;
    if (watch.level > 0 || watch.above > 0) this.watches.set(subject, watch);
    else this.watches.delete(subject);
    const change = { rule: this.rule, subject, level: watch.level, before, text };
    if (grew) return [{ ...change, grew }];
    return watch.level === before ? [] : [change];
  }

  private move(watch: Watch, level: number): void {
    watch.level = level;
    watch.above = 0;
    watch.below = 0;
  }
}
