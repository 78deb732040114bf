import { NONE, NS_PER_MS } from "../base/units.ts";
import { Deadlines } from "../lane/deadlines.ts";
import { ReadyList } from "../net/ready-list.ts";
import type { Stream } from "../net/stream.ts";
import type { SessionSchedule } from "../schedule/session-schedule.ts";
import type { Link } from "./link.ts";
import type { Protocol } from "./protocol.ts";

/** Deadlines that one turn meets. A thousand sessions may be due at once: those that trade do not wait for all of them. */
const TICKS_PER_POLL = 8;
/** What was due and found nothing to do, or could not do it, is due again after this long. */
const AGAIN_NS = NS_PER_MS;

/** The agent whose links are given their turns. */
export interface LinkOwner {
  /** An open stream that no link is attached to is ready. Returns work done. */
  pollUnlinked(index: number, stream: Stream): number;
  /** The time of a key has come: a link's place, or a key of the owner's beyond these. */
  tick(key: number): void;
  /** When a key is due; monotonic nanoseconds. */
  dueNs(key: number): number;
}

/**
 * Polls an agent's links: those whose stream has something, and those whose time has come. What a turn costs follows from
 * these, not from how many links there are.
 */
export class LinkTurns {
  readonly ready: ReadyList;
  readonly deadlines: Deadlines;
  /** By stream index: the place in `links` of the link that has it, or NONE. */
  private readonly places: Int32Array;
  private readonly schedules: SessionSchedule[] = [];
  /** By schedule: what was known of it when its links were last told. */
  private readonly openings: boolean[] = [];
  private readonly resets: number[] = [];

  /** Every link is due at once. The keys behind the links' places are the owner's. */
  constructor(
    private readonly owner: LinkOwner,
    private readonly links: readonly Link<Protocol>[],
    /** By index; they are listed in `ready` from now on. */
    private readonly streams: readonly Stream[],
    keys: number,
    nowNs: number,
  ) {
    this.ready = new ReadyList(streams.length);
    this.deadlines = new Deadlines(keys);
    this.places = new Int32Array(streams.length).fill(NONE);
    for (let i = 0; i < streams.length; i++) streams[i]!.listIn(this.ready, i);
    for (let i = 0; i < links.length; i++) {
      const schedule = links[i]!.schedule;
      if (schedule !== null && !this.schedules.includes(schedule)) {
        this.schedules.push(schedule);
        this.openings.push(false);
        this.resets.push(Number.NEGATIVE_INFINITY);
      }
      this.deadlines.set(i, nowNs);
    }
  }

  /** The stream is that of the link at `place`, or of none: NONE. */
  assign(stream: Stream, place: number): void {
    this.places[stream.index] = place;
  }

  isLinked(stream: Stream): boolean {
    return this.places[stream.index] !== NONE;
  }

  /** Returns work done. */
  poll(nowNs: number): number {
    let work = nowNs >= this.deadlines.firstNs ? this.tick(nowNs) : 0;
    const ready = this.ready;
    for (let left = ready.begin(); left > 0; left--) {
      const index = ready.take();
      const place = this.places[index]!;
      if (place === NONE || this.links[place]!.stream === null) work += this.pollUnlinked(index);
      else work += this.pollLinked(index, place);
    }
    return work;
  }

  private pollUnlinked(index: number): number {
    const stream = this.streams[index]!;
    const work = stream.isOpen ? this.owner.pollUnlinked(index, stream) : 0;
    const place = this.places[index]!;
    const again = place === NONE ? stream.isOpen && stream.readable : this.links[place]!.unfinished;
    this.ready.done(index, again);
    return work;
  }

  private pollLinked(index: number, place: number): number {
    const link = this.links[place]!;
    const stream = this.streams[index]!;
    let work = link.pollOut() > 0 ? 1 : 0;
    work += link.pollIn(stream.hot);
    if (link.stream !== null && stream.outTo !== stream.outFrom && link.pollOut() > 0) work++;
    this.ready.done(index, link.unfinished);
    // A connection that is lost is no work, but its link may want the next one.
    if (work > 0 || link.stream === null) this.moved(place);
    return work;
  }

  /** Sends what is written. Returns streams that took some of it. */
  flush(): number {
    const ready = this.ready;
    let work = 0;
    for (let i = 0; i < ready.size; i++) {
      const index = ready.at(i);
      const stream = this.streams[index]!;
      const place = this.places[index]!;
      if (place === NONE || stream.blocked || stream.outTo === stream.outFrom) continue;
      if (this.links[place]!.pollOut() > 0) work++;
      if (this.links[place]!.stream === null) this.moved(place);
    }
    return work;
  }

  /** Something has happened to a link: it may be due earlier than before. */
  moved(key: number): void {
    this.deadlines.bringForward(key, this.owner.dueNs(key));
  }

  private tick(nowNs: number): number {
    const deadlines = this.deadlines;
    let count = 0;
    while (count < TICKS_PER_POLL && deadlines.firstNs <= nowNs) {
      const key = deadlines.take();
      this.owner.tick(key);
      const dueNs = this.owner.dueNs(key);
      deadlines.set(key, dueNs <= nowNs ? nowNs + AGAIN_NS : dueNs);
      count++;
    }
    return count;
  }

  /** Every few milliseconds: links whose schedule has changed are due. */
  watchSchedules(nowNs: number, wallUs: number): void {
    for (let i = 0; i < this.schedules.length; i++) {
      const schedule = this.schedules[i]!.update(wallUs);
      if (schedule.open === this.openings[i] && schedule.resetUs === this.resets[i]) continue;
      this.openings[i] = schedule.open;
      this.resets[i] = schedule.resetUs;
      for (let place = 0; place < this.links.length; place++)
        if (this.links[place]!.schedule === schedule) this.deadlines.bringForward(place, nowNs);
    }
  }
}
