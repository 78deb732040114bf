import { ascii } from "../base/ascii.ts";
import { copyId, hashId, ID_BYTES, putId, sameId } from "../base/id.ts";
import { NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { type MessageFields, REPLACES_EXCHANGE, REPLACES_ID, REPLACES_SOURCE } from "../fix/orders/message-fields.ts";
import type { Scanner } from "../fix/wire/scan.ts";
import * as tag from "../fix/wire/tags.ts";
import type { Writer } from "../fix/wire/write.ts";
import { REPORT_EXECUTION } from "../record/codes.ts";
import type { ExecutionReport } from "../record/execution-report.ts";
import type { OrderRequest } from "../record/order-request.ts";

/** What the venue calls a symbol of ours; what is absent is as ours, or not sent. */
export interface VenueSymbolSettings {
  readonly symbol?: string | undefined;
  readonly securityId?: string | undefined;
  readonly securityIdSource?: string | undefined;
  readonly securityExchange?: string | undefined;
}

/*  One row: our symbol and the venue's, each an id (base/id.ts), and the fields that the venue gets besides.
 *
 *  byte 0        64        128           160      168        184                  256
 *       ┌────────┬─────────┬─────────────┬────────┬──────────┬────────────────────┐
 *       │ ours   │ theirs  │ SecurityID  │ source │ exchange │ 48=…|22=…|207=…|   │
 *       └────────┴─────────┴─────────────┴────────┴──────────┴────────────────────┘
 */
const THEIRS = 64;
const SECURITY_ID = 128;
const SOURCE = 160;
const EXCHANGE = 168;
const FIELDS = 184;
const ROW_BYTES = 256;
/** Ints of a row in `lengths`. */
const OWN_LENGTH = 0;
const THEIR_LENGTH = 1;
const ID_LENGTH = 2;
const SOURCE_LENGTH = 3;
const EXCHANGE_LENGTH = 4;
const FIELDS_LENGTH = 5;
const LENGTHS = 8;

/** Symbols without a row that are noted because they were sent to the venue as they are. */
const NOTED = 1_024;
const SEED = 0x51ab;

/** Memory of the names of one venue, where there are so many symbols. */
export function venueSymbolsBytes(symbols: number): number {
  const most = symbols + NOTED;
  return most * (ROW_BYTES + 4 * LENGTHS) + 3 * 4 * slotsFor(most);
}

/** Slots of a hash table with so many rows. */
function slotsFor(rows: number): number {
  return 2 ** Math.ceil(Math.log2(2 * rows));
}

/**
 * The names of one venue for our symbols: in the place of ours in all requests, and turned back in its reports. A symbol without a row has
 * the same name on both sides.
 */
export class VenueSymbols {
  /** Some rows have a SecurityID or a SecurityExchange. */
  readonly addsFields: boolean;
  private readonly views: Views;
  private readonly lengths: Int32Array;
  /** Hash tables of rows + 1, by our name, by the venue's, and by SecurityID. */
  private readonly byOwn: Int32Array;
  private readonly byTheirs: Int32Array;
  private readonly byId: Int32Array;
  private readonly most: number;
  private count = 0;
  /** Row of the last request that was aimed at. */
  private row = NONE;
  /** A value of a message, for a search. */
  private readonly value = Views.allocate(ID_BYTES);

  /** `others`: our symbols, with or without a row. */
  constructor(rows: Readonly<Record<string, VenueSymbolSettings>>, others: readonly string[]) {
    const plain = others.filter((name) => !Object.hasOwn(rows, name));
    const own = Object.entries(rows);
    this.most = own.length + plain.length + NOTED;
    this.views = Views.allocate(this.most * ROW_BYTES);
    this.lengths = new Int32Array(new ArrayBuffer(4 * LENGTHS * this.most));
    const slots = slotsFor(this.most);
    this.byOwn = new Int32Array(new ArrayBuffer(4 * slots));
    this.byTheirs = new Int32Array(new ArrayBuffer(4 * slots));
    this.byId = new Int32Array(new ArrayBuffer(4 * slots));
    this.addsFields = own.some(([, row]) => row.securityId !== undefined || row.securityExchange !== undefined);
    for (const [name, row] of own) this.add(ascii(name), ascii(row.symbol ?? name), row);
    for (const name of plain) this.add(ascii(name), ascii(name), {});
  }

  private add(own: Uint8Array, theirs: Uint8Array, settings: VenueSymbolSettings): void {
    const row = this.count++;
    const { securityId = "", securityIdSource = "", securityExchange = "" } = settings;
    this.put(row, 0, OWN_LENGTH, own);
    this.put(row, THEIRS, THEIR_LENGTH, theirs);
    this.put(row, SECURITY_ID, ID_LENGTH, ascii(securityId));
    this.put(row, SOURCE, SOURCE_LENGTH, ascii(securityIdSource));
    this.put(row, EXCHANGE, EXCHANGE_LENGTH, ascii(securityExchange));
    const fields: readonly (readonly [number, string])[] = [
      [tag.SecurityIDSource, securityIdSource],
      [tag.SecurityID, securityId],
      [tag.SecurityExchange, securityExchange],
    ];
    const said = fields.filter(([, value]) => value !== "");
    this.put(row, FIELDS, FIELDS_LENGTH, ascii(said.map(([one, value]) => `${one}=${value}\x01`).join("")));
    this.index(this.byOwn, row, 0, OWN_LENGTH);
    this.index(this.byTheirs, row, THEIRS, THEIR_LENGTH);
    if (securityId !== "") this.index(this.byId, row, SECURITY_ID, ID_LENGTH);
  }

  private put(row: number, at: number, length: number, text: Uint8Array): void {
    this.views.bytes.set(text, row * ROW_BYTES + at);
    this.lengths[LENGTHS * row + length] = text.length;
  }

  private index(table: Int32Array, row: number, at: number, length: number): void {
    const mask = table.length - 1;
    const from = row * ROW_BYTES + at;
    let slot = hashId(this.views.ints, from, this.lengths[LENGTHS * row + length]!, SEED) & mask;
    while (table[slot] !== 0) slot = (slot + 1) & mask;
    table[slot] = row + 1;
  }

  private find(table: Int32Array, at: number, kind: number, ints: Int32Array, from: number, length: number): number {
    const mask = table.length - 1;
    let slot = hashId(ints, from, length, SEED) & mask;
    while (table[slot] !== 0) {
      const row = table[slot]! - 1;
      const isLong = this.lengths[LENGTHS * row + kind] === length;
      if (isLong && sameId(this.views.ints, row * ROW_BYTES + at, ints, from, length)) return row;
      slot = (slot + 1) & mask;
    }
    return NONE;
  }

  /** Finds the symbol of a request that is written with `fields` next: its SecurityID and SecurityExchange take the place of the client's. */
  aim(request: OrderRequest, fields: MessageFields): void {
    const length = request.symbolLength;
    const ints = request.views.ints;
    this.row = this.find(this.byOwn, 0, OWN_LENGTH, ints, request.symbolAt, length);
    if (this.row === NONE) this.note(ints, request.symbolAt, length);
    fields.replaced = this.replaced();
  }

  /** Bits of the client's fields that the row's replace. */
  private replaced(): number {
    if (this.row === NONE) return 0;
    const at = LENGTHS * this.row;
    const id = this.lengths[at + ID_LENGTH] === 0 ? 0 : REPLACES_ID | REPLACES_SOURCE;
    return this.lengths[at + EXCHANGE_LENGTH] === 0 ? id : id | REPLACES_EXCHANGE;
  }

  /** Notes a symbol that a reload has added: the venue's reports will name it. */
  private note(ints: Int32Array, from: number, length: number): void {
    if (length === 0 || this.count === this.most) return;
    if (this.find(this.byTheirs, THEIRS, THEIR_LENGTH, ints, from, length) !== NONE) return;
    const row = this.count++;
    const at = row * ROW_BYTES;
    copyId(this.views.ints, at, ints, from, length);
    copyId(this.views.ints, at + THEIRS, ints, from, length);
    this.lengths[LENGTHS * row + OWN_LENGTH] = length;
    this.lengths[LENGTHS * row + THEIR_LENGTH] = length;
    this.index(this.byOwn, row, 0, OWN_LENGTH);
    this.index(this.byTheirs, row, THEIRS, THEIR_LENGTH);
  }

  /** Puts the venue's symbol into the request that was aimed at. */
  rename(request: OrderRequest): void {
    if (this.row === NONE) return;
    const length = this.lengths[LENGTHS * this.row + THEIR_LENGTH]!;
    request.symbolLength = length;
    copyId(request.views.ints, request.symbolAt, this.views.ints, this.row * ROW_BYTES + THEIRS, length);
  }

  /** The request that was aimed at needs more fields, which `write` adds. */
  get hasMore(): boolean {
    return this.row !== NONE && this.lengths[LENGTHS * this.row + FIELDS_LENGTH] !== 0;
  }

  write(writer: Writer): void {
    const at = this.row * ROW_BYTES + FIELDS;
    writer.fields(this.views.bytes, at, at + this.lengths[LENGTHS * this.row + FIELDS_LENGTH]!);
  }

  /** Puts our symbol in the place of the venue's. Returns false for a symbol that the venue does not have: the report keeps it. */
  restore(report: ExecutionReport): boolean {
    const length = report.symbolLength;
    if (length === 0) return true;
    const row = this.find(this.byTheirs, THEIRS, THEIR_LENGTH, report.views.ints, report.symbolAt, length);
    if (row === NONE) return false;
    const own = this.lengths[LENGTHS * row + OWN_LENGTH]!;
    report.symbolLength = own;
    copyId(report.views.ints, report.symbolAt, this.views.ints, row * ROW_BYTES, own);
    return true;
  }

  /**
   * Leaves out of the scanned report, before its fields are taken, what the venue says only because we have said it: the row's SecurityID,
   * source and exchange, and a Symbol for which the record has no place.
   */
  leaveOut(scan: Scanner, report: ExecutionReport): void {
    let row = this.byField(scan, tag.Symbol, this.byTheirs, THEIRS, THEIR_LENGTH);
    if (row !== NONE && report.kind !== REPORT_EXECUTION) scan.tags[scan.find(tag.Symbol)] = 0;
    if (row === NONE) row = this.byField(scan, tag.SecurityID, this.byId, SECURITY_ID, ID_LENGTH);
    if (row === NONE) return;
    this.leaveOutField(scan, tag.SecurityID, row, SECURITY_ID, ID_LENGTH);
    this.leaveOutField(scan, tag.SecurityIDSource, row, SOURCE, SOURCE_LENGTH);
    this.leaveOutField(scan, tag.SecurityExchange, row, EXCHANGE, EXCHANGE_LENGTH);
  }

  private byField(scan: Scanner, fieldTag: number, table: Int32Array, at: number, kind: number): number {
    const field = scan.find(fieldTag);
    if (field < 0) return NONE;
    const from = scan.starts[field]!;
    const length = scan.ends[field]! - from;
    if (length === 0 || length > ID_BYTES) return NONE;
    putId(this.value, 0, scan.bytes, from, from + length);
    return this.find(table, at, kind, this.value.ints, 0, length);
  }

  private leaveOutField(scan: Scanner, fieldTag: number, row: number, at: number, kind: number): void {
    const field = scan.find(fieldTag);
    if (field < 0) return;
    const length = this.lengths[LENGTHS * row + kind]!;
    const from = scan.starts[field]!;
    if (length === 0 || scan.ends[field]! - from !== length) return;
    const bytes = this.views.bytes;
    const own = row * ROW_BYTES + at;
    for (let i = 0; i < length; i++) if (scan.bytes[from + i] !== bytes[own + i]) return;
    scan.tags[field] = 0;
  }
}
