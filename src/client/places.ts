import { DisconnectReason } from "../base/disconnect-reason.ts";
import { NONE } from "../base/units.ts";
import type { FixSession } from "../fix/session/session.ts";
import type { Scanner } from "../fix/wire/scan.ts";
import * as tag from "../fix/wire/tags.ts";
import type { Stream } from "../net/stream.ts";
import type { OneToOne } from "../ring/one-to-one.ts";
import type { Link } from "../session/link.ts";
import { CompIds } from "./comp-ids.ts";
import type { LogonTerms } from "./logon-terms.ts";

export interface PlacesParts {
  readonly scan: Scanner;
  readonly links: readonly Link<FixSession>[];
  readonly orders: OneToOne;
  readonly reports: OneToOne;
  /** Most links that there will be. */
  readonly places: number;
  /** By index in `links`: addresses it may log on from, and whether with a password. */
  readonly terms: LogonTerms;
  /** By index in `links`: a Logon of a client that is connected already replaces that connection. */
  readonly newestWins: readonly boolean[];
  /** By index in `links`: it may be bound to any client, and to another one when that is gone. */
  readonly isDynamic: readonly boolean[];
  /** Words in which the core shows the open orders of each session; by index in `links`: which one. */
  readonly openOrders: Int32Array;
  readonly openOrdersWords: readonly number[];
}

/** Finds the session of a Logon that the scanner holds, and the dynamic sessions whose clients are gone. */
export class Places {
  /** By place: when its last connection ended, 0: it had none; and the tail of the ring of orders then. */
  private readonly leftNs: Float64Array;
  private readonly leftTail: Int32Array;
  private readonly compIds: CompIds;
  /** The places of the dynamic sessions. */
  private readonly dynamic: number[] = [];

  constructor(private readonly parts: PlacesParts) {
    // The links are filled in after this.
    this.leftNs = new Float64Array(new ArrayBuffer(8 * parts.places));
    this.leftTail = new Int32Array(new ArrayBuffer(4 * parts.places));
    this.compIds = new CompIds(parts.places);
  }

  /** The session at `place` is there from now on. */
  added(place: number): void {
    if (this.parts.isDynamic[place]) this.dynamic.push(place);
    const sender = this.parts.links[place]!.session.identity.sender;
    if (sender.length > 0) this.compIds.set(place, sender, 0, sender.length);
  }

  /** The dynamic session at `place` belongs to the client `bytes[from, to)` from now on. */
  bound(place: number, bytes: Uint8Array, from: number, to: number): void {
    this.compIds.set(place, bytes, from, to);
  }

  /** The connection of the session at `place` has ended. */
  left(place: number, nowNs: number): void {
    this.leftNs[place] = nowNs;
    this.leftTail[place] = this.parts.orders.tail;
  }

  /** Index in `links` of the session that the Logon is for, or NONE. An unknown client gets an unused dynamic session first. */
  find(): number {
    const parts = this.parts;
    const scan = parts.scan;
    const links = parts.links;
    let retired = NONE;
    for (let i = this.first(scan); i !== NONE; i = this.compIds.after(i)) {
      if (!links[i]!.session.identity.isLogonOf(scan)) continue;
      // Another session may have its CompID since.
      if (links[i]!.offReason !== DisconnectReason.RETIRED) return i;
      retired = i;
    }
    // A retired session is refused as such; the client of a retired dynamic one may get a place of another group.
    if (retired !== NONE && !this.parts.isDynamic[retired]) return retired;
    let free = NONE;
    for (let j = 0; j < this.dynamic.length; j++) {
      const i = this.dynamic[j]!;
      const identity = links[i]!.session.identity;
      // A place with a trading state that an operator has set is its client's: another one would get a state that is not its own.
      if (!links[i]!.trades || links[i]!.offReason === DisconnectReason.RETIRED || !identity.couldBeOf(scan)) continue;
      if (identity.peerCompId === "") return i;
      if (this.isFree(i) && (free === NONE || this.leftNs[i]! < this.leftNs[free]!)) free = i;
    }
    return free === NONE ? retired : free;
  }

  /** Reason to refuse this connection, whose Logon is for the session at `place`, or NONE to accept it. */
  refusalReason(place: number, stream: Stream): DisconnectReason {
    if (place === NONE) return this.unknownReason();
    const parts = this.parts;
    const link = parts.links[place]!;
    // Nothing says any more from where its client comes.
    const isRetired = link.offReason === DisconnectReason.RETIRED;
    if (!isRetired && !parts.terms.admits(place, stream.peer)) return DisconnectReason.ADDRESS;
    if (!isRetired && !parts.terms.certifies(place, stream.tls)) return DisconnectReason.CERTIFICATE;
    if (!link.takesLogons) return DisconnectReason.LOGON_FLOOD;
    if (link.offReason !== DisconnectReason.NONE) return link.offReason;
    if (link.stream !== null && !parts.newestWins[place]) return DisconnectReason.ALREADY_CONNECTED;
    if (link.stream !== null) {
      // A Logon that can't succeed ends no other connection.
      const fault = link.session.logonCheck.refusal(parts.scan, link.session.numbers.nextIn);
      if (fault !== DisconnectReason.NONE) return fault;
    }
    return link.admits() ? DisconnectReason.NONE : DisconnectReason.OUTSIDE_SCHEDULE;
  }

  /** True for a Logon that was refused because its client seems to be connected: it may be there no more. */
  isSecond(place: number, why: DisconnectReason): boolean {
    const isNot =
      why === DisconnectReason.ADDRESS || why === DisconnectReason.CERTIFICATE || why === DisconnectReason.LOGON_FLOOD;
    return place !== NONE && !isNot && this.parts.links[place]!.stream !== null;
  }

  /** Why no session is that of the Logon. */
  unknownReason(): DisconnectReason {
    const parts = this.parts;
    const scan = parts.scan;
    const links = parts.links;
    let isFull = false;
    for (let i = this.first(scan); i !== NONE; i = this.compIds.after(i))
      if (links[i]!.session.identity.hasOtherBegin(scan)) return DisconnectReason.BEGIN_STRING;
    for (let j = 0; j < this.dynamic.length; j++) {
      const identity = links[this.dynamic[j]!]!.session.identity;
      if (identity.hasOtherBegin(scan)) return DisconnectReason.BEGIN_STRING;
      if (identity.couldBeOf(scan)) isFull = true;
    }
    return isFull ? DisconnectReason.NO_PLACE : DisconnectReason.COMP_ID;
  }

  /** The first session that may be that of the message's sender, or NONE. */
  private first(scan: Scanner): number {
    const sender = scan.find(tag.SenderCompID);
    return sender < 0 ? NONE : this.compIds.first(scan.bytes, scan.starts[sender]!, scan.ends[sender]!);
  }

  /** True when the client of this session is gone: it is not connected, has no open order, and nothing of it is under way. */
  private isFree(place: number): boolean {
    const parts = this.parts;
    const orders = parts.orders;
    if (parts.links[place]!.stream !== null) return false;
    if (Atomics.load(parts.openOrders, parts.openOrdersWords[place]!) !== 0) return false;
    if (this.leftNs[place] === 0) return true;
    const taken = (orders.tail - orders.size()) | 0;
    return ((taken - this.leftTail[place]!) | 0) >= 0 && parts.reports.size() === 0;
  }
}
