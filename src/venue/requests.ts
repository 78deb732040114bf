import { put } from "../base/ascii.ts";
import { putInt } from "../base/decimal.ts";
import { EMPTY, NONE } from "../base/units.ts";
import type { MessageFields } from "../fix/orders/message-fields.ts";
import { RequestWriter, requestType } from "../fix/orders/request-out.ts";
import { StatusWriter } from "../fix/orders/status-out.ts";
import type { FixSession } from "../fix/session/session.ts";
import * as tag from "../fix/wire/tags.ts";
import {
  NOT_SENT_EXPIRED,
  NOT_SENT_ORDER_WAITS,
  NOT_SENT_QUEUE_FULL,
  NOT_SENT_THROTTLED,
  OF_THE_PAST,
  REQUEST_CANCEL,
  REQUEST_NEW,
  REQUEST_STATUS,
} from "../record/codes.ts";
import { OrderRequest } from "../record/order-request.ts";
import type { OneToOne } from "../ring/one-to-one.ts";
import { BatchSender } from "../session/batch-sender.ts";
import type { GroupRings } from "../session/group-rings.ts";
import type { Link } from "../session/link.ts";
import type { VenueAgentParts } from "./agent-parts.ts";
import type { OwnReports } from "./own-reports.ts";
import { GROUPS_TOO_LONG, UNKNOWN_FIELD, UNKNOWN_GROUP } from "./refusals.ts";
import type { VenueSymbols } from "./symbols.ts";
import type { Throttle } from "./throttle.ts";
import type { Venue } from "./venue.ts";

const REQUESTS_PER_POLL = 256;

/** Is told of venues whose counts have changed. */
interface MovedVenues {
  moved(place: number): void;
}

/**
 * Takes the core's requests from their ring and sends them to their venues, or refuses them. Those of a venue with a throttle wait until
 * it admits them: its cancels first, then by turns of the client sessions. A waiting request is journalled as held, so that a start does
 * not take a later one that was sent as proof that this one was.
 */
export class Requests {
  moved: MovedVenues | null = null;
  /** A request was refused, and the journal has no entry of it yet. */
  refusalUnrecorded = false;
  private readonly ring: OneToOne;
  private readonly groups: GroupRings;
  private readonly request: OrderRequest;
  private readonly writer: RequestWriter;
  private readonly statuses: StatusWriter;
  private readonly sender: BatchSender;
  private readonly text = new Uint8Array(new ArrayBuffer(1024));
  /** Places of the venues with a throttle, the first `throttledCount`. */
  private readonly throttled: Int32Array;
  private throttledCount = 0;

  constructor(
    private readonly parts: VenueAgentParts,
    /** By id. */
    private readonly byId: readonly (Venue | null)[],
    private readonly own: OwnReports,
  ) {
    this.ring = parts.requests;
    this.groups = parts.groups;
    this.request = new OrderRequest(parts.requests.views);
    this.writer = new RequestWriter(parts.codec, parts.ids);
    this.statuses = new StatusWriter(parts.ids);
    this.sender = new BatchSender(parts, parts.requests, true);
    this.throttled = new Int32Array(new ArrayBuffer(4 * parts.places));
  }

  /** The venue at `place` is there from now on. */
  added(place: number): void {
    const venue = this.parts.venues[place]!;
    venue.handled.open(venue.link);
    if (venue.throttle !== null) this.throttled[this.throttledCount++] = place;
  }

  /** Records the refused requests, which the core has journalled; otherwise the next start would send and refuse them again. */
  recordRefused(): void {
    let isWhole = true;
    const venues = this.parts.venues;
    for (let i = 0; i < venues.length; i++) if (!venues[i]!.handled.record(venues[i]!.link)) isWhole = false;
    this.refusalUnrecorded = !isWhole;
  }

  /** True when no request waits. */
  get isEmpty(): boolean {
    for (let i = 0; i < this.throttledCount; i++)
      if (this.parts.venues[this.throttled[i]!]!.throttle!.held.count > 0) return false;
    return this.ring.size() === 0;
  }

  /** Something is in the ring, or a throttle has something to do. */
  hasWork(nowNs: number): boolean {
    return this.ring.peek() !== EMPTY || this.dueNs(nowNs) <= nowNs;
  }

  /** When a throttle next has something to do; monotonic nanoseconds. */
  dueNs(nowNs: number): number {
    let firstNs = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.throttledCount; i++) {
      const venue = this.parts.venues[this.throttled[i]!]!;
      const throttle = venue.throttle!;
      const dueNs = throttle.held.count > 0 && !venue.link.active ? nowNs : throttle.dueNs(nowNs);
      if (dueNs < firstNs) firstNs = dueNs;
    }
    return firstNs;
  }

  /** What was sent in earlier turns may have left. */
  follow(nowNs: number): void {
    for (let i = 0; i < this.throttledCount; i++) this.parts.venues[this.throttled[i]!]!.throttle!.follow(nowNs);
  }

  poll(): number {
    let count = 0;
    for (let i = 0; i < this.throttledCount; i++) count += this.pollHeld(this.throttled[i]!);
    for (let at = this.ring.peek(); count < REQUESTS_PER_POLL; at = this.ring.peek()) {
      if (at === EMPTY || !this.ready()) break;
      const request = this.request.aim(at);
      const venue = this.byId[request.session];
      const isUp = venue?.link.active === true;
      const waits = this.own.waits;
      const isPlain = isUp && !waits && venue.throttle === null && !venue.isMapped;
      const sent = isPlain ? this.sender.send(venue.link, REQUESTS_PER_POLL - count) : 0;
      count += sent;
      if (sent > 0) continue;
      const groups = request.groupsLength;
      const groupsAt = groups === 0 ? NONE : this.groups.oldest();
      if (request.kind === REQUEST_STATUS) {
        if (!this.askStatus(venue, request, isUp, waits)) return count + 1;
      } else if (venue === null || venue === undefined)
        this.own.notTaken(request.session, request.number, request.slot, null, 0, 0);
      else if (!isUp || request.epoch === OF_THE_PAST) this.refuseUnsent(venue, request);
      else if (venue.throttle !== null) {
        if (!this.admit(venue, venue.throttle, at, groupsAt)) return count + 1;
      } else if (waits) {
        // A restart takes a sent request as proof that all requests before it were handled.
        return count + 1;
      } else if (this.hasPlace(venue, request, groupsAt)) this.send(venue, request, at, groupsAt);
      if (groups !== 0) this.groups.release();
      this.ring.release();
      count++;
    }
    return count;
  }

  /**
   * Asks a venue for the status of an order, where it can be sent at once; else it is dropped, and its row says so: the gateway asks again.
   * Returns  false when it has to stay in the ring for a turn.
   */
  private askStatus(venue: Venue | null | undefined, request: OrderRequest, isUp: boolean, waits: boolean): boolean {
    if (venue === null || venue === undefined) return true;
    const index = request.msgSeqNum;
    const throttle = venue.throttle;
    const isOfPast = request.epoch === OF_THE_PAST;
    const isAdmitted = throttle === null || throttle.admitsAsk(this.parts.time.nowNs);
    const isSent = isUp && !isOfPast && isAdmitted;
    if (isSent && waits) return false;
    // The main thread counts those of this run.
    if (!isOfPast) {
      venue.link.counts.asked(isSent);
      if (this.moved !== null) this.moved.moved(venue.place);
    }
    if (!isSent) {
      if (!isOfPast || !venue.handled.isOver(index)) this.noteRefused(venue, index);
      return true;
    }
    const link = venue.link;
    const session = link.session;
    const symbols = venue.symbols;
    if (symbols !== null) {
      symbols.aim(request, link.groups!.fields.of(tag.ORDER_CANCEL_REQUEST));
      symbols.rename(request);
    }
    const writer = this.statuses.write(session, request);
    if (symbols?.hasMore === true) symbols.write(writer);
    session.out.end(index);
    if (throttle !== null) throttle.takeAsk();
    link.counts.recordsOut++;
    return true;
  }

  private ready(): boolean {
    const parts = this.parts;
    return parts.reports.has(2) && this.groups.hasRoom() && parts.journal.room(parts.roomBytes);
  }

  /** The venue is down, or the request is of before the start. */
  private refuseUnsent(venue: Venue, request: OrderRequest): void {
    const index = request.msgSeqNum;
    if (request.epoch === OF_THE_PAST && venue.handled.isOver(index)) return;
    this.own.notTaken(request.session, request.number, request.slot, null, 0, 0);
    this.noteRefused(venue, index);
  }

  /** Notes a refused request. It is recorded in this journal once the core has journalled the refusal. */
  private noteRefused(venue: Venue, index: number): void {
    venue.handled.refused(index);
    this.refusalUnrecorded = true;
  }

  /** `at`: where the record is; `groupsAt`: what is beside it, for which it has a place. */
  private send(venue: Venue, request: OrderRequest, at: number, groupsAt: number): void {
    const link: Link<FixSession> = venue.link;
    const session = link.session;
    const hasGroups = groupsAt !== NONE;
    const passed = hasGroups ? this.groups.passed : NONE;
    const isWhole = !hasGroups || passed !== NONE;
    const fields = link.groups!.fields.of(requestType(request));
    const beside = hasGroups ? this.groups.written : 0;
    const more = venue.isMapped ? map(venue, request) : null;
    const wallUs = this.parts.time.wallUs;
    const writer = this.writer.write(session, request, wallUs, fields, beside, isWhole && more === null, passed);
    if (!isWhole) this.groups.add(link, writer);
    if (more !== null) more.write(writer);
    // In a request to a venue, msgSeqNum counts the core's requests to this venue.
    session.out.end(request.msgSeqNum);
    if (link.stages !== null && link.live) link.stages.note(at);
    link.counts.recordsOut++;
  }

  /**
   * Writes what stands beside a request for the venue. A request with a field that the venue's version or dictionary does not have
   * is refused, unless the venue's configuration drops or renames it.
   * Returns  false when the request was refused.
   */
  private hasPlace(venue: Venue, request: OrderRequest, groupsAt: number): boolean {
    const refTag = this.placeless(venue, request, groupsAt);
    if (refTag === 0) return true;
    this.noteRefused(venue, request.msgSeqNum);
    return false;
  }

  /** Returns  0, or less or more when the request was refused. */
  private placeless(venue: Venue, request: OrderRequest, groupsAt: number): number {
    const fields = venue.link.groups!.fields.of(requestType(request));
    if (venue.isMapped) aim(venue, request, fields);
    const out = groupsAt === NONE ? null : this.groups.translate(venue.link, fields.msgType, groupsAt);
    if (out !== null) {
      if (out.uncarriedTag !== NONE) return this.refuse(request, UNKNOWN_FIELD, out.uncarriedTag);
      if (out.tooLong) return this.refuse(request, GROUPS_TOO_LONG, NONE);
      if (out.unknownTag !== 0 && venue.refusesUnknownGroups)
        return this.refuse(request, UNKNOWN_GROUP, out.unknownTag);
    }
    const beside = groupsAt === NONE ? 0 : this.groups.written;
    const missing = this.writer.tagWithoutPlace(request, fields, venue.link.session, beside);
    return missing === 0 ? 0 : this.refuse(request, UNKNOWN_FIELD, missing);
  }

  /** Refuses a request; the text ends with `refTag` unless it is NONE. Returns  the tag. */
  private refuse(request: OrderRequest, words: Uint8Array, refTag: number): number {
    const text = this.text;
    let end = put(text, 0, words);
    if (refTag !== NONE) end = putInt(text, end, refTag);
    this.own.notTaken(request.session, request.number, request.slot, text, 0, end);
    return refTag;
  }

  /**
   * Takes the request at the ring's front for a venue with a throttle: it is sent, held, or refused.
   * Returns  false when it has to stay there for a turn.
   */
  private admit(venue: Venue, throttle: Throttle, at: number, groupsAt: number): boolean {
    const request = this.request;
    const held = throttle.held;
    const isCancel = request.kind === REQUEST_CANCEL;
    const nowNs = this.parts.time.nowNs;
    if (held.orderCount > 0 && request.kind !== REQUEST_NEW) {
      const slot = held.newOrder(request.slot, request.origNumber);
      if (slot !== NONE && isCancel) return this.cancelHeld(venue, throttle, slot);
      if (slot !== NONE) return this.throttleRefuses(venue, NOT_SENT_ORDER_WAITS);
    }
    const waitsBehind = isCancel ? held.cancelCount : held.count;
    if (waitsBehind === 0 && throttle.admits(nowNs)) {
      if (this.own.waits) return false;
      if (this.hasPlace(venue, request, groupsAt)) {
        this.send(venue, request, at, groupsAt);
        throttle.window.take();
      }
      return true;
    }
    if (!isCancel && !throttle.queues) return this.throttleRefuses(venue, NOT_SENT_THROTTLED);
    if (!held.hasRoom(isCancel)) return this.throttleRefuses(venue, NOT_SENT_QUEUE_FULL);
    venue.link.recorder.held(request.msgSeqNum);
    held.hold(at, groupsAt, isCancel, nowNs);
    this.show(venue, throttle);
    return true;
  }

  /** The request at the ring's front is refused. */
  private throttleRefuses(venue: Venue, why: number): true {
    const request = this.request;
    this.own.refused(request, why);
    this.noteRefused(venue, request.msgSeqNum);
    venue.link.counts.notAdmitted++;
    this.show(venue, venue.throttle!);
    return true;
  }

  /** The cancel at the ring's front is of an order that is held: the venue gets neither. */
  private cancelHeld(venue: Venue, throttle: Throttle, slot: number): boolean {
    if (!venue.handled.hasRoom) return false;
    const index = throttle.held.at(slot).msgSeqNum;
    const cancel = this.request;
    this.own.canceledUnsent(cancel);
    this.noteRefused(venue, cancel.msgSeqNum);
    venue.handled.heldRefused(index);
    throttle.held.release(slot);
    this.show(venue, throttle);
    return true;
  }

  /** Sends what the throttle of the venue at `place` admits, and refuses what is too old, or can't be sent at all. Returns work done. */
  private pollHeld(place: number): number {
    const venue = this.parts.venues[place]!;
    const throttle = venue.throttle!;
    const held = throttle.held;
    let count = 0;
    while (held.count > 0 && count < REQUESTS_PER_POLL && this.ready() && venue.handled.hasRoom) {
      const slot = held.nextCancel;
      const nowNs = this.parts.time.nowNs;
      if (!venue.link.active) this.refuseHeld(venue, slot !== NONE ? slot : held.oldestOrder, 0);
      else if (throttle.hasExpired(nowNs)) {
        venue.link.counts.expired++;
        this.refuseHeld(venue, held.oldestOrder, NOT_SENT_EXPIRED);
      } else if (this.own.waits || !throttle.admits(nowNs)) break;
      else this.sendHeld(venue, throttle, slot !== NONE ? slot : held.nextOrder());
      count++;
    }
    if (count > 0) this.show(venue, throttle);
    return count;
  }

  /** `why`: a reason of the throttle, or 0: the venue is down. */
  private refuseHeld(venue: Venue, slot: number, why: number): void {
    const held = venue.throttle!.held;
    const request = held.at(slot);
    this.own.refused(request, why);
    this.heldRefused(venue, request.msgSeqNum);
    held.release(slot);
  }

  private heldRefused(venue: Venue, index: number): void {
    venue.handled.heldRefused(index);
    this.refusalUnrecorded = true;
  }

  private sendHeld(venue: Venue, throttle: Throttle, slot: number): void {
    const held = throttle.held;
    const request = held.at(slot);
    const groupsAt = held.groupsOf(slot);
    if (request.kind !== REQUEST_CANCEL) held.tookTurn(slot);
    if (this.placeless(venue, request, groupsAt) !== 0) this.heldRefused(venue, request.msgSeqNum);
    else {
      this.send(venue, request, request.at, groupsAt);
      throttle.window.take();
    }
    held.release(slot);
  }

  private show(venue: Venue, throttle: Throttle): void {
    const counts = venue.link.counts;
    counts.queued = throttle.held.orderCount;
    counts.cancelsWaiting = throttle.held.cancelCount;
    if (this.moved !== null) this.moved.moved(venue.place);
  }
}

/** Before the fields of a request to a venue with its own names or formats are written. */
function aim(venue: Venue, request: OrderRequest, fields: MessageFields): void {
  fields.transactDecimals = venue.transactDecimals;
  if (venue.symbols !== null) venue.symbols.aim(request, fields);
}

/**
 * Gives a request, whose record nobody reads again, the venue's symbol and its form of TransactTime.
 * Returns  the symbols whose more fields follow, or null.
 */
function map(venue: Venue, request: OrderRequest): VenueSymbols | null {
  const decimals = venue.transactDecimals;
  if (decimals !== NONE && request.transactDigits !== 0) request.transactDigits = 1 + decimals;
  const symbols = venue.symbols;
  if (symbols === null) return null;
  symbols.rename(request);
  return symbols.hasMore ? symbols : null;
}
