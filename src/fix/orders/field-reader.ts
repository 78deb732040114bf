import { ascii } from "../../base/ascii.ts";
import { readDecimalE8, readWhole } from "../../base/decimal.ts";
import { ID_BYTES, putId } from "../../base/id.ts";
import { NO_PRICE } from "../../base/units.ts";
import type { Views } from "../../base/views.ts";
import type { OrderRequest } from "../../record/order-request.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";

const ABSENT = 0;
const FAULT = -1;

/** Reads a request's fields by their type, and keeps the reason of the first fault. */
export class FieldReader {
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

  /** Returns whole units, 0 when absent, NaN when the value is faulty. */
  whole(fieldTag: number): number {
    const scan = this.scan;
    const field = scan.find(fieldTag);
    if (field < 0) return 0;
    const value = readWhole(scan.bytes, scan.starts[field]!, scan.ends[field]!);
    if (value !== value) this.fault(fieldTag, tag.INCORRECT_DATA_FORMAT, FORMAT);
    if (value !== Number.POSITIVE_INFINITY) return value;
    this.fault(fieldTag, tag.VALUE_INCORRECT, QUANTITY_UNFIT);
    return Number.NaN;
  }

  /** Returns a price in 1e-8, NO_PRICE when absent, NaN when the value is faulty. */
  price(fieldTag: number): number {
    const scan = this.scan;
    const field = scan.find(fieldTag);
    if (field < 0) return NO_PRICE;
    const value = readDecimalE8(scan.bytes, scan.starts[field]!, scan.ends[field]!);
    if (value !== value) this.fault(fieldTag, tag.INCORRECT_DATA_FORMAT, FORMAT);
    if (value !== Number.POSITIVE_INFINITY) return value;
    this.fault(fieldTag, tag.VALUE_INCORRECT, PRICE_UNFIT);
    return Number.NaN;
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
const ID_TOO_LONG = ascii("Value is incorrect (out of range) for this tag: at most 64 characters");
const PRICE_UNFIT = ascii("Value is incorrect (out of range) for this tag: at most 8 decimals, below 90071992");
const QUANTITY_UNFIT = ascii("Value is incorrect (out of range) for this tag: whole units only");
