import { NONE, NS_PER_S } from "../base/units.ts";

const ADDRESS_WORDS = 4;
/** Addresses whose wrong passwords are remembered; each can be at one of WAYS places. */
const ADDRESSES = 1024;
const WAYS = 4;
/** Wrong passwords in a row at the first delay; each one after that doubles it. */
const FREE_TRIES = 5;
const FIRST_DELAY_NS = NS_PER_S;
const LONGEST_DELAY_NS = 60 * NS_PER_S;
/** So long after the last wrong password it is forgotten. */
const FORGOTTEN_NS = 900 * NS_PER_S;
/** Wrong passwords in a row at the first alarm; the next alarms are at twice, four times … as many. */
const FIRST_ALARM = 5;

/** Wrong passwords in a row, by slot. */
class Tries {
  readonly counts: Int32Array;
  readonly lastNs: Float64Array;

  constructor(slots: number) {
    this.counts = new Int32Array(new ArrayBuffer(4 * slots));
    this.lastNs = new Float64Array(new ArrayBuffer(8 * slots));
  }

  /** Time until which no password is looked at. */
  untilNs(slot: number): number {
    const count = this.counts[slot]! - FREE_TRIES;
    if (count < 0) return Number.NEGATIVE_INFINITY;
    const delayNs = count > 30 ? LONGEST_DELAY_NS : Math.min(LONGEST_DELAY_NS, FIRST_DELAY_NS * 2 ** count);
    return this.lastNs[slot]! + delayNs;
  }

  /** Counts one more. Returns  how many in a row. */
  wrong(slot: number, nowNs: number): number {
    if (nowNs - this.lastNs[slot]! > FORGOTTEN_NS) this.counts[slot] = 0;
    this.lastNs[slot] = nowNs;
    return ++this.counts[slot]!;
  }
}

/**
 * Slows down whoever tries passwords, by address and by session. A session's delay does not concern the address of its last
 * right password: a stranger cannot lock its client out.
 */
export class PasswordDelays {
  /** Wrong passwords in a row, as of the last `wrong`: of the session, and of the address. */
  ofSession = 0;
  ofAddress = 0;
  private readonly sessions: Tries;
  private readonly addresses = new Tries(ADDRESSES);
  private readonly keys = new Int32Array(new ArrayBuffer(4 * ADDRESS_WORDS * ADDRESSES));
  /** By place: the address of the last right password, all 0: none. */
  private readonly homes: Int32Array;

  constructor(places: number) {
    this.sessions = new Tries(places);
    this.homes = new Int32Array(new ArrayBuffer(4 * ADDRESS_WORDS * places));
  }

  /** Nanoseconds until a password of this session is looked at again from `peer`; 0: now. */
  waitNs(place: number, peer: Int32Array, nowNs: number): number {
    const slot = this.find(peer);
    let untilNs = slot === NONE ? Number.NEGATIVE_INFINITY : this.addresses.untilNs(slot);
    if (!isAddress(this.homes, place, peer)) untilNs = Math.max(untilNs, this.sessions.untilNs(place));
    return untilNs > nowNs ? untilNs - nowNs : 0;
  }

  /** Counts a wrong password. Returns  true when it is time for an alarm. */
  wrong(place: number, peer: Int32Array, nowNs: number): boolean {
    this.ofSession = this.sessions.wrong(place, nowNs);
    this.ofAddress = this.addresses.wrong(this.take(peer), nowNs);
    return isAlarm(this.ofSession) || isAlarm(this.ofAddress);
  }

  right(place: number, peer: Int32Array): void {
    const slot = this.find(peer);
    if (slot !== NONE) this.addresses.counts[slot] = 0;
    // The guesses of others continue while the client logs on from where it always does.
    if (!isAddress(this.homes, place, peer)) this.sessions.counts[place] = 0;
    for (let i = 0; i < ADDRESS_WORDS; i++) this.homes[ADDRESS_WORDS * place + i] = peer[i]!;
  }

  private find(peer: Int32Array): number {
    const first = bucketOf(peer);
    for (let slot = first; slot < first + WAYS; slot++)
      if (this.addresses.counts[slot]! > 0 && isAddress(this.keys, slot, peer)) return slot;
    return NONE;
  }

  /** Its slot, or the one of its bucket that was tried from longest ago. */
  private take(peer: Int32Array): number {
    const found = this.find(peer);
    if (found !== NONE) return found;
    const first = bucketOf(peer);
    const lastNs = this.addresses.lastNs;
    let slot = first;
    for (let other = first + 1; other < first + WAYS; other++) if (lastNs[other]! < lastNs[slot]!) slot = other;
    this.addresses.counts[slot] = 0;
    for (let i = 0; i < ADDRESS_WORDS; i++) this.keys[ADDRESS_WORDS * slot + i] = peer[i]!;
    return slot;
  }
}

function isAlarm(count: number): boolean {
  let at = FIRST_ALARM;
  while (at < count) at *= 2;
  return at === count;
}

function isAddress(words: Int32Array, slot: number, peer: Int32Array): boolean {
  for (let i = 0; i < ADDRESS_WORDS; i++) if (words[ADDRESS_WORDS * slot + i] !== peer[i]) return false;
  return true;
}

function bucketOf(peer: Int32Array): number {
  let hash = 0;
  for (let i = 0; i < ADDRESS_WORDS; i++) hash = Math.imul(hash ^ peer[i]!, 0x9e3779b1) ^ (hash >>> 13);
  return ((hash >>> 8) & (ADDRESSES / WAYS - 1)) * WAYS;
}
