import { ascii } from "../../base/ascii.ts";
import { BAD_DECIMAL, HELD, readDecimal, UNHELD_DECIMAL } from "../../base/decimal.ts";
import { ID_BYTES, putId } from "../../base/id.ts";
import { storeNoPrice } from "../../base/long.ts";
import type { Views } from "../../base/views.ts";
import type { OrderRequest } from "../../record/order-request.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";
import { TimestampReader } from "../wire/timestamp.ts";
import { Aside, timeDecimals } from "./aside.ts";

const ABSENT = 0;
const FAULT = -1;
const MINUS = 45;

/** Reads a request's fields by their type, keeps the reason of the first fault, and notes what the record can't hold. */
export class FieldReader {
  /** Tags of the last message's fields that the record has a place for and can't hold: they stand beside it. */
  readonly aside = new Aside();
  private readonly times = new TimestampReader();
  /** RefTagID (371) of the last fault. */
  refTag = 0;
  reason = 0;
  text: Uint8Array = MISSING;
  protected scan!: Scanner;
  protected request!: OrderRequest;
  private found = -1;

  /** Finds an id, for `copyId`. Returns its length, 0 when absent, negative when too long. */
  id(fieldTag: number): number {
    const scan = this.scan;
    const field = scan.find(fieldTag);
    this.found = field;
    if (field < 0) return ABSENT;
    const length = scan.ends[field]! - scan.starts[field]!;
    if (length <= ID_BYTES) return length;
    this.fault(fieldTag, tag.VALUE_INCORRECT, ID_TOO_LONG);
    return FAULT;
  }

  /** Copies the id that was found last, if any. */
  copyId(views: Views, at: number): void {
    const field = this.found;
    if (field >= 0) putId(views, at, this.scan.bytes, this.scan.starts[field]!, this.scan.ends[field]!);
  }

  /** As `id`, but negative when absent. */
  requiredId(fieldTag: number): number {
    const length = this.id(fieldTag);
    if (length !== ABSENT) return length;
    this.missing(fieldTag);
    return FAULT;
  }

  /** Returns a field's single character, 0 when absent, negative when the value is longer. */
  char(fieldTag: number): number {
    const value = this.scan.char(fieldTag);
    if (value < 0) this.fault(fieldTag, tag.VALUE_INCORRECT, INCORRECT);
    return value;
  }

  /** Returns a field's single character, 0 when it is absent or longer. */
  charOrAside(fieldTag: number): number {
    const value = this.scan.char(fieldTag);
    if (value < 0) this.aside.add(fieldTag);
    return value < 0 ? ABSENT : value;
  }

  /** Reads TransactTime, unless the record can't hold it exactly. */
  protected transactTime(): void {
    const scan = this.scan;
    const field = scan.find(tag.TransactTime);
    if (field < 0) return;
    const decimals = timeDecimals(scan, field, this.times);
    if (decimals < 0) {
      this.aside.add(tag.TransactTime);
      return;
    }
    this.request.transactUs = this.times.read(scan.bytes, scan.starts[field]!, scan.ends[field]!);
    this.request.transactDigits = 1 + decimals;
  }

  /** Reads a quantity into a cleared record, unless it is absent or not held exactly. Returns false when it is faulty. */
  protected quantityInto(fieldTag: number, index: number): boolean {
    const scan = this.scan;
    const field = scan.find(fieldTag);
    if (field < 0) return true;
    if (scan.bytes[scan.starts[field]!] === MINUS) return this.fault(fieldTag, tag.INCORRECT_DATA_FORMAT, FORMAT);
    return this.decimal(field, fieldTag, index) !== BAD_DECIMAL;
  }

  /** Reads a price into the record, NO_PRICE when it is absent or not held exactly. Returns false when it is faulty. */
  protected priceInto(fieldTag: number, index: number): boolean {
    const field = this.scan.find(fieldTag);
    const result = field < 0 ? UNHELD_DECIMAL : this.decimal(field, fieldTag, index);
    if (result !== HELD) storeNoPrice(this.request.views.ints, index);
    return result !== BAD_DECIMAL;
  }

  private decimal(field: number, fieldTag: number, index: number): number {
    const scan = this.scan;
    const result = readDecimal(scan.bytes, scan.starts[field]!, scan.ends[field]!, this.request.views.ints, index);
    if (result === BAD_DECIMAL) this.fault(fieldTag, tag.INCORRECT_DATA_FORMAT, FORMAT);
    if (result === UNHELD_DECIMAL) this.unheld(fieldTag);
    return result;
  }

  /** A number that the record can't hold exactly: the core refuses the request by its tag. */
  private unheld(fieldTag: number): void {
    if (this.request.unheldTag === 0) this.request.unheldTag = fieldTag;
    this.aside.add(fieldTag);
  }

  protected missing(fieldTag: number): false {
    return this.fault(fieldTag, tag.REQUIRED_TAG_MISSING, MISSING);
  }

  protected incorrect(fieldTag: number): false {
    return this.fault(fieldTag, tag.VALUE_INCORRECT, INCORRECT);
  }

  protected fault(refTag: number, reason: number, text: Uint8Array): false {
    this.refTag = refTag;
    this.reason = reason;
    this.text = text;
    return false;
  }
}

const MISSING = ascii("Required tag missing");
const INCORRECT = ascii("Value is incorrect (out of range) for this tag");
const FORMAT = ascii("Incorrect data format for value");
const ID_TOO_LONG = ascii("Value is incorrect (out of range): at most 64 characters");
