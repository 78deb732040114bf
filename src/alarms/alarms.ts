import type { Log } from "../base/log.ts";
import type {
  AlarmOperations,
  AlarmView,
  DeliveryView,
  NewSilence,
  Severity,
  SilenceView,
} from "../operation/alarms.ts";
import type { Readings } from "../operation/readings.ts";
import { Baselines } from "./baseline.ts";
import { type Alarm, AlarmBook, alarmView } from "./book.ts";
import { Delivery, type Receiver } from "./delivery.ts";
import { type Change, Evaluation } from "./evaluation.ts";
import { type AlarmEvent, type EventAction, summaryOf } from "./event.ts";
import type { AlarmSettings, Rule } from "./rule.ts";
import { Silences, silenceView } from "./silences.ts";
import { type AlarmState, readAlarmState, writeAlarmState } from "./state-file.ts";

/** A test alarm lasts this long. */
const TEST_MS = 5_000;
const TEST_RULE = "test";
/** Pause after a receiver has given up, until an alarm that is still open is sent again. */
const AGAIN_AFTER_MS = 60_000;
/** The file is written after a change, and once in this time for the baseline. */
const WRITE_EVERY_MS = 300_000;

export interface AlarmContext {
  /** Name of this gateway in dedup keys and events: the same after a restart. */
  readonly source: string;
  readonly dataDir: string;
  readonly receivers: readonly Receiver[];
  readonly log: Log;
  /** Called for each alarm that fires or rises: the gateway takes a profile, for instance. */
  readonly fired?: (alarm: AlarmView) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Watches the gateway by its readings, and tells receivers. Main thread. */
export class Alarms implements AlarmOperations {
  private readonly book = new AlarmBook();
  private readonly silenceList = new Silences();
  private readonly baselines: Baselines;
  private readonly evaluation: Evaluation;
  private readonly deliveriesOf: readonly Delivery[];
  private readonly now: () => number;
  private nextId = 1;
  private isDirty = false;
  private writtenMs = 0;
  private writeProblem = "";
  private readonly tests = new Map<string, number>();
  /** Open alarms whose trigger a receiver has given up, and when they are sent again. */
  private readonly again = new Map<string, number>();

  constructor(
    rules: readonly Rule[],
    private settings: AlarmSettings,
    private readonly context: AlarmContext,
  ) {
    const { now = Date.now, receivers, log } = context;
    this.now = now;
    this.baselines = new Baselines(settings.baselineFactor);
    this.evaluation = new Evaluation(rules, settings, this.baselines);
    const changed = (): void => {
      this.isDirty = true;
    };
    this.deliveriesOf = receivers.map((one) => {
      const gaveUp = (event: AlarmEvent): void => this.gaveUp(event);
      return new Delivery(one, 1000 * settings.giveUpAfterS, log, changed, undefined, gaveUp);
    });
  }

  /** Takes over what the run before knew: its open alarms end, with an event, when their reasons are gone. */
  start(): void {
    try {
      const state = readAlarmState(this.context.dataDir);
      if (state !== null) this.restore(state);
    } catch (error) {
      this.context.log.warning(`begins without what it knew: ${(error as Error).message}`);
    }
  }

  /** Evaluates every rule, once a second. */
  take(readings: Readings): void {
    const nowMs = this.now();
    for (const silence of this.silenceList.expired(nowMs)) {
      this.context.log.info(`silence ${silence.id} (${silence.rule}, ${silence.subject}) has ended`);
      this.isDirty = true;
    }
    for (const change of this.evaluation.take(readings)) this.apply(change, nowMs);
    for (const [id, atMs] of this.again) if (nowMs >= atMs) this.sendAgain(id);
    for (const [id, endMs] of this.tests) if (nowMs >= endMs) this.endTest(id, nowMs);
    for (const alarm of this.book.openAlarms) this.sendIfHeard(alarm);
    if (this.isDirty || nowMs - this.writtenMs >= WRITE_EVERY_MS) this.write(nowMs);
  }

  /** Other thresholds count from the next readings on. */
  replace(settings: AlarmSettings): void {
    const nowMs = this.now();
    this.settings = settings;
    this.baselines.setFactor(settings.baselineFactor);
    for (const change of this.evaluation.replace(settings)) this.apply(change, nowMs);
  }

  /** Makes no more calls of receivers. What they have not taken is sent by the next run. */
  stop(): void {
    for (const delivery of this.deliveriesOf) delivery.end();
    this.write(this.now());
  }

  list(): AlarmView[] {
    return [...this.book.openAlarms, ...this.book.resolved].map(alarmView);
  }

  get(id: string): AlarmView | null {
    const alarm = this.book.find(id);
    return alarm === null ? null : alarmView(alarm);
  }

  acknowledge(id: string, by: string, why: string): "applied" | "unchanged" | null {
    const alarm = this.book.find(id);
    if (alarm === null) return null;
    if (alarm.state !== "firing") return "unchanged";
    alarm.state = "acknowledged";
    alarm.isDue = false;
    alarm.acknowledgedBy = by;
    alarm.acknowledgedWhy = why;
    this.context.log.info(`${summaryOf(alarmView(alarm))}: acknowledged by ${by}: ${why}`);
    if (alarm.isSent) this.send("acknowledge", alarm);
    this.isDirty = true;
    return "applied";
  }

  test(by: string): AlarmView {
    const nowMs = this.now();
    const text = `test by ${by}: nothing is wrong`;
    const about = {
      rule: TEST_RULE,
      subject: `test ${this.nextId}`,
      severity: "info",
      text,
      remedy: "None is needed.",
    } as const;
    const alarm = this.fire({ ...about, level: 1 }, nowMs);
    this.tests.set(alarm.id, nowMs + TEST_MS);
    this.sendIfHeard(alarm);
    return alarmView(alarm);
  }

  silences(): SilenceView[] {
    return this.silenceList.list.map(silenceView);
  }

  silence(silence: NewSilence, by: string): SilenceView {
    const added = { ...silence, id: `s${this.nextId}`, by, atMs: this.now() };
    this.silenceList.add(added);
    this.nextId++;
    this.isDirty = true;
    const view = silenceView(added);
    this.context.log.info(
      `silence ${view.id} until ${view.until} by ${by}: ${view.rule}, ${view.subject}: ${view.why}`,
    );
    return view;
  }

  endSilence(id: string): SilenceView | null {
    const silence = this.silenceList.remove(id);
    if (silence === null) return null;
    this.isDirty = true;
    this.context.log.info(`silence ${id} (${silence.rule}, ${silence.subject}) was ended`);
    return silenceView(silence);
  }

  deliveries(): DeliveryView[] {
    return this.deliveriesOf.map(({ view }) => view);
  }

  private apply({ rule, subject, level, before, text, grew = false }: Change, nowMs: number): void {
    const open = this.book.of(rule.name, subject);
    if (level === 0) {
      if (open !== null) this.resolve(open, nowMs);
      return;
    }
    const { severity } = rule.levels(this.settings)[level - 1]!;
    if (open === null) {
      this.fire({ rule: rule.name, subject, severity, text, remedy: rule.remedy, level }, nowMs);
      return;
    }
    open.level = level;
    open.text = text;
    open.severity = severity;
    this.isDirty = true;
    if (level <= before && !grew) {
      this.context.log.info(`${summaryOf(alarmView(open))}: less than before`);
      // Whoever was called by the higher level sees that it is less.
      if (open.state === "firing") open.isDue = true;
      return;
    }
    // It is a new one for whoever has acknowledged the lower level, or fewer of them.
    open.state = "firing";
    open.isDue = true;
    this.announce(open);
  }

  private fire(
    about: Pick<Alarm, "rule" | "subject" | "severity" | "text" | "remedy" | "level">,
    nowMs: number,
  ): Alarm {
    const alarm: Alarm = {
      ...about,
      id: String(this.nextId++),
      dedupKey: `${this.context.source} ${about.rule} ${about.subject}`.trimEnd(),
      sinceMs: nowMs,
      state: "firing",
      resolvedMs: null,
      acknowledgedBy: null,
      acknowledgedWhy: null,
      silencedBy: null,
      isDue: true,
      isSent: false,
    };
    this.book.add(alarm);
    this.isDirty = true;
    this.announce(alarm);
    return alarm;
  }

  private announce(alarm: Alarm): void {
    const view = alarmView(alarm);
    const line = `${summaryOf(view)}. ${alarm.remedy}`;
    const { log, fired } = this.context;
    log.line({ level: levelOf(alarm.severity), what: line });
    fired?.(view);
  }

  private resolve(alarm: Alarm, nowMs: number): void {
    this.book.resolve(alarm, nowMs);
    this.context.log.info(`${summaryOf(alarmView(alarm))}: resolved`);
    // Who got the alarm gets its end, silence or not.
    if (alarm.isSent) this.send("resolve", alarm);
    this.isDirty = true;
  }

  private endTest(id: string, nowMs: number): void {
    this.tests.delete(id);
    const alarm = this.book.find(id);
    if (alarm !== null && alarm.state !== "resolved") this.resolve(alarm, nowMs);
  }

  /** A receiver has given up to trigger an alarm: while that is open and nobody has acknowledged it, it is sent again. */
  private gaveUp({ action, alarm }: AlarmEvent): void {
    if (action === "trigger") this.again.set(alarm.id, this.now() + AGAIN_AFTER_MS);
  }

  private sendAgain(id: string): void {
    this.again.delete(id);
    const alarm = this.book.find(id);
    if (alarm?.state === "firing") alarm.isDue = true;
  }

  /** Sends an alarm that is due, unless it is silenced; then it is sent when its silence has ended. */
  private sendIfHeard(alarm: Alarm): void {
    const silencedBy = this.silenceList.of(alarm.rule, alarm.subject)?.id ?? null;
    if (silencedBy !== alarm.silencedBy) this.isDirty = true;
    alarm.silencedBy = silencedBy;
    if (!alarm.isDue || silencedBy !== null) return;
    alarm.isDue = false;
    alarm.isSent = true;
    this.isDirty = true;
    this.send("trigger", alarm);
  }

  private send(action: EventAction, alarm: Alarm): void {
    const event = { action, alarm: alarmView(alarm) };
    for (const delivery of this.deliveriesOf) delivery.add(event);
  }

  private restore({ nextId, open, resolved, silences, waiting, baselines }: AlarmState): void {
    if (!this.baselines.restore(baselines))
      this.context.log.warning("begins to learn the usual latency anew: its state has another form");
    this.nextId = nextId;
    for (const silence of silences) this.silenceList.add(silence);
    for (const alarm of resolved.toReversed()) this.book.keep({ ...alarm });
    for (const delivery of this.deliveriesOf)
      for (const { event, sinceMs } of waiting[delivery.view.receiver] ?? []) delivery.add(event, sinceMs);
    for (const alarm of open) {
      const kept = { ...alarm };
      this.book.add(kept);
      const { rule, subject, level, text } = kept;
      if (!this.evaluation.resume(rule, subject, level, text)) this.resolve(kept, this.now());
    }
  }

  private write(nowMs: number): void {
    const waiting = Object.fromEntries(this.deliveriesOf.map(({ view, waiting }) => [view.receiver, waiting]));
    try {
      writeAlarmState(this.context.dataDir, {
        nextId: this.nextId,
        open: this.book.openAlarms,
        resolved: this.book.resolved,
        silences: this.silenceList.list,
        waiting,
        baselines: this.baselines.state,
      });
      this.isDirty = false;
      this.writtenMs = nowMs;
      this.writeProblem = "";
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.writeProblem) this.context.log.warning(`its state can't be written: ${message}`);
      this.writeProblem = message;
    }
  }
}

function levelOf(severity: Severity): "info" | "warning" | "alarm" {
  if (severity === "info") return "info";
  return severity === "warning" ? "warning" : "alarm";
}
