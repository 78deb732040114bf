import { compile } from "../../appliance/build/assemble.ts";
import { ascii } from "../../src/base/ascii.ts";
import { idText, putId } from "../../src/base/id.ts";
import type { CoreCode } from "../../src/core/code.ts";
import type { CoreConfig } from "../../src/core/config.ts";
import { Core } from "../../src/core/core.ts";
import type { RingSlots } from "../../src/core/own-rings.ts";
import { withModule } from "../assembly/modules.ts";
import { CONFIG } from "./driver.ts";

/** Inner functions of the code (assembly/entry.ts); true is 1, `at` is an address. */
export interface Inner extends CoreCode {
  addExecutionOf(slot: number, number: number, at: number, length: number, owner: number): void;
  addIdEntry(at: number, session: number, length: number, slot: number, next: number): number;
  addIdOf(slot: number, at: number, length: number): number;
  allVenuesDown(): void;
  allows(session: number, account: number): number;
  averageE8(high: bigint, low: bigint, quantity: bigint): bigint;
  appendPacked(
    stream: number,
    kind: number,
    session: number,
    sequence: number,
    index: number,
    epoch: number,
    from: number,
    bytes: number,
    moreFrom: number,
    moreBytes: number,
  ): number;
  byOrderId(at: number, venue: number, length: number): number;
  canHold(account: number, side: number, more: bigint): number;
  canTrade(status: number): number;
  candidate(): number;
  claimReport(session: number): number;
  claimRequest(venue: number): number;
  clearDetail(): void;
  closeSlot(slot: number, state: number): void;
  closedOf(session: number): void;
  copyCounter(digits: number, to: number): void;
  copyEntry(entry: number, to: number, length: number): void;
  copyOrderIdOf(slot: number, to: number): void;
  countOpen(account: number, change: number): void;
  countOrder(account: number, second: number): void;
  dayOf(timeUs: number): number;
  endOf(status: number): number;
  execute(account: number, side: number, quantity: bigint, value: bigint, day: number): void;
  findId(at: number, session: number, length: number): number;
  freeIds(): number;
  hashSequentialId(at: number, length: number, seed: number): number;
  hasExecutionOf(slot: number, number: number, at: number, length: number, owner: number): number;
  hasLimits(account: number): number;
  hasRoom(): number;
  hasRoomForDone(): number;
  hasRoomForId(slot: number): number;
  hasRoomForOrder(): number;
  hideId(entry: number): void;
  isEnabled(account: number): number;
  isKnownSession(session: number): number;
  isVenueUp(venue: number): number;
  keepOrderId(slot: number, at: number, length: number): void;
  lengthOfCounter(digits: number): number;
  lengthOfId(entry: number): number;
  mulHigh(a: bigint, b: bigint): bigint;
  next(state: number, event: number): number;
  /** `factor`: the address of one, 0 where multiplier and rate are 1. */
  notional(quantity: bigint, priceE8: bigint, factor: number): bigint;
  openSlot(slot: number): void;
  openedOf(session: number): void;
  ordStatus(state: number, pending: number, told: number): number;
  ordersIn(account: number, second: number): number;
  publishReport(): void;
  publishRequest(): void;
  reason(report: number, reason: number): void;
  removeId(entry: number): void;
  reserve(account: number, side: number, change: bigint): void;
  retireSlot(slot: number): void;
  setCollar(ppm: bigint, widthE8: bigint, referenceE8: bigint, priceE8: bigint): void;
  setCurrentId(slot: number, entry: number): void;
  setDetail(kind: number, limit: bigint, value: bigint): void;
  setLevel(level: number, index: number): void;
  setVenueUp(venue: number, isUp: number): void;
  shareAbove(priceE8: bigint, ppm: bigint): bigint;
  shareOf(priceE8: bigint, ppm: bigint): bigint;
  showFallen(): void;
  slotOfId(entry: number): number;
  takeSlot(slot: number, state: number, venue: number, number: number): void;
  turnTo(value: number, digits: number, to: number): void;
  venueOf(symbol: number): number;
  worthOf(quantity: bigint, priceE8: bigint, factor: number): bigint;
}

/** Files of tests load this one anew, but share what is global: it is compiled once. */
const shared = globalThis as { innerModule?: WebAssembly.Module };
shared.innerModule ??= new WebAssembly.Module(
  (await compile("test/core/assembly/entry.ts")) as Uint8Array<ArrayBuffer>,
);
const module = shared.innerModule;

/** What `make` makes, with a code that has its inner functions as exports. */
export function withInner<T>(make: () => T): T {
  return withModule(module, {}, make);
}

/** A core, its inner functions, and a place for an id in its memory. */
export class InnerCore {
  readonly core: Core;
  readonly inner: Inner;
  /** Address of the id. */
  readonly idAt: number;
  /** Address of another place, for what the code writes. */
  readonly outAt: number;

  constructor(config: Partial<CoreConfig> = {}, slots: RingSlots | null = null) {
    this.core = withInner(() => Core.alone({ ...CONFIG, ...config }, slots));
    this.inner = this.core.code as Inner;
    this.idAt = this.core.scratch.bytes.byteOffset;
    this.outAt = this.idAt + 128;
  }

  /** Puts an id there. Returns its length. */
  put(id: string): number {
    putId(this.core.scratch, 0, ascii(id), 0, id.length);
    return id.length;
  }

  /** What is in the other place. */
  out(length: number): string {
    return idText(this.core.scratch.bytes, 128, length);
  }

  get outBytes(): Uint8Array {
    return this.core.scratch.bytes.subarray(128, 256);
  }
}
