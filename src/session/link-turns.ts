import { NONE, NS_PER_MS } from "../base/units.ts";
import { Deadlines } from "../lane/deadlines.ts";
import { ReadyList } from "../net/ready-list.ts";
import type { Stream } from "../net/stream.ts";
import type { SessionSchedule } from "../schedule/session-schedule.ts";
import type { Link } from "./link.ts";
import type { Protocol } from "./protocol.ts";

/** Deadlines handled in one turn: when a thousand sessions are due at once, active sessions do not wait for all of them. */
const TICKS_PER_POLL = 8;
/** Delay until a deadline is due again when its tick had nothing to do, or no room to do it. */
const AGAIN_NS = NS_PER_MS;

/** The agent that owns the links. */
export interface LinkOwner {
  /** Handles a ready stream without a link. Returns work done. */
  pollUnlinked(index: number, stream: Stream): number;
  /** Handles a deadline. The key is a link's place, or one of the owner's keys above these. */
  tick(key: number): void;
  /** Time at which a key is due; monotonic nanoseconds. */
  dueNs(key: number): number;
}

/** Is told of links whose state or counts may have changed; `link-rows.ts` publishes them. */
interface MovedLinks {
  moved(place: number): void;
}

/**
 * Polls an agent's links: those with a ready stream and those with a due deadline. The cost of a turn depends on these, not
 * on the count of links.
 */
export class LinkTurns {
  readonly ready: ReadyList;
  readonly deadlines: Deadlines;
  /** By stream index: the place in `links` of its link, or NONE. */
  private readonly places: Int32Array;
  private readonly schedules: SessionSchedule[] = [];
  /** By schedule: its state when its links were last made due. */
  private readonly openings: boolean[] = [];
  private readonly resets: number[] = [];
  /** A link has unread messages left. */
  private unread = false;
  rows: MovedLinks | null = null;

  /** Every link is due at first. The keys above the links' places are the owner's. `mostStreams`: more may be added up to so many. */
  constructor(
    private readonly owner: LinkOwner,
    private readonly links: readonly Link<Protocol>[],
    /** By index; the reactor lists them in `ready` from now on. */
    private readonly streams: readonly Stream[],
    mostStreams: number,
    keys: number,
    nowNs: number,
  ) {
    this.ready = new ReadyList(mostStreams);
    this.deadlines = new Deadlines(keys);
    this.places = new Int32Array(mostStreams).fill(NONE);
    for (let i = 0; i < streams.length; i++) this.listStream(i);
    for (let i = 0; i < links.length; i++) this.addLink(i, nowNs);
  }

  /** The stream at `index` is there from now on. */
  listStream(index: number): void {
    this.streams[index]!.listIn(this.ready, index);
  }

  /** The link at `place` is there from now on; it is due. */
  addLink(place: number, nowNs: number): void {
    const schedule = this.links[place]!.schedule;
    if (schedule !== null && !this.schedules.includes(schedule)) {
      this.schedules.push(schedule);
      this.openings.push(false);
      this.resets.push(Number.NEGATIVE_INFINITY);
    }
    this.deadlines.set(place, nowNs);
  }

  /** Assigns a stream to the link at `place`; NONE: to no link. */
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
    this.unread = false;
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
    if (link.hasUnread) this.unread = true;
    // A lost connection is no work, but its link may have to reconnect.
    if (work > 0 || link.stream === null) this.moved(place);
    return work;
  }

  /** Handles more of the messages that the last poll left unread; nothing new is received. Returns their number. */
  pollRest(): number {
    if (!this.unread) return 0;
    this.unread = false;
    const ready = this.ready;
    let count = 0;
    for (let i = 0; i < ready.size; i++) {
      const place = this.places[ready.at(i)]!;
      if (place === NONE) continue;
      const link = this.links[place]!;
      const taken = link.pollRest();
      count += taken;
      if (taken > 0 && this.rows !== null) this.rows.moved(place);
      if (link.hasUnread) this.unread = true;
      if (link.stream === null) this.moved(place);
    }
    return count;
  }

  /** Sends pending output. Returns the count of streams that sent bytes. */
  flush(): number {
    const ready = this.ready;
    let work = 0;
    for (let i = 0; i < ready.size; i++) {
      const index = ready.at(i);
      const stream = this.streams[index]!;
      const place = this.places[index]!;
      if (place === NONE || stream.blocked || stream.outTo === stream.outFrom) continue;
      if (this.links[place]!.pollOut() > 0) {
        work++;
        if (this.rows !== null) this.rows.moved(place);
      }
      if (this.links[place]!.stream === null) this.moved(place);
    }
    return work;
  }

  /** Updates the deadline of a key after an event that may have moved it. */
  moved(key: number): void {
    if (this.rows !== null && key < this.links.length) this.rows.moved(key);
    this.deadlines.bringForward(key, this.owner.dueNs(key));
  }

  private tick(nowNs: number): number {
    const deadlines = this.deadlines;
    let count = 0;
    while (count < TICKS_PER_POLL && deadlines.firstNs <= nowNs) {
      const key = deadlines.take();
      this.owner.tick(key);
      if (this.rows !== null && key < this.links.length) this.rows.moved(key);
      const dueNs = this.owner.dueNs(key);
      deadlines.set(key, dueNs <= nowNs ? nowNs + AGAIN_NS : dueNs);
      count++;
    }
    return count;
  }

  /** Makes the links of changed schedules due. Called every few milliseconds. */
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
