import { ascii } from "../../base/ascii.ts";
import { readDecimalE8, readWhole } from "../../base/decimal.ts";
import { ID_BYTES, putId } from "../../base/id.ts";
import { NO_PRICE } from "../../base/units.ts";
import {
  REQUEST_CANCEL,
  REQUEST_NEW,
  REQUEST_REPLACE,
  REQUEST_STATUS,
  TIF_DAY,
  TYPE_LIMIT,
  TYPE_MARKET,
} from "../../record/codes.ts";
import {
  type OrderRequest,
  REQUEST_ACCOUNT_AT,
  REQUEST_CL_ORD_ID_AT,
  REQUEST_ORDER_ID_AT,
  REQUEST_ORIG_CL_ORD_ID_AT,
  REQUEST_SYMBOL_AT,
} from "../../record/order-request.ts";
import { FULL } from "../wire/carried-in.ts";
import { NEEDS_HANDL_INST, NEEDS_TRANSACT_TIME } from "../wire/codec/layout.ts";
import type { Codec } from "../wire/codec.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";
import { FIX44, type FixVersion, versionByApplId } from "../wire/version.ts";

const YES = 89;
const ABSENT = 0;

/** A message that is no order request: the caller answers with BusinessMessageReject. */
export const NOT_AN_ORDER = -2;
/** It has a fault: `refTag`, `reason` and `text` say which; the caller answers with Reject. */
export const FAULTY = -1;
export const READ = 0;

/** NewOrderSingle, OrderCancelRequest, OrderCancelReplaceRequest, OrderStatusRequest → OrderRequest, by the rules of a version. */
export class OrderReader {
  /** Of the last FAULTY message. */
  refTag = 0;
  reason = 0;
  text: Uint8Array = MISSING;
  private scan!: Scanner;
  private request!: OrderRequest;
  private version: FixVersion = FIX44;

  /** `codec` reads plain orders, cancels and replaces, into records of its memory; null: there is none. */
  constructor(private readonly codec: Codec | null = null) {}

  /** Reads what `scan` holds into `request`, whose session fields the caller fills. Returns READ, FAULTY or NOT_AN_ORDER. */
  read(scan: Scanner, request: OrderRequest, version = FIX44): number {
    return this.readPlain(scan, request, version) ? READ : this.readAny(scan, request, version);
  }

  /** Has the codec read it. Returns false when it is out of the ordinary: it may have fields that `request` has no place for. */
  readPlain(scan: Scanner, request: OrderRequest, version: FixVersion): boolean {
    return scan.peer !== null && this.codec !== null && this.isPlain(scan, request, this.codec, version);
  }

  /** As `read`, without the codec. */
  readAny(scan: Scanner, request: OrderRequest, version: FixVersion): number {
    this.scan = scan;
    this.request = request;
    this.version = version;
    request.clear();
    request.priceE8 = NO_PRICE;
    if (version.applVerId.length > 0 && !this.ownVersion()) return FAULTY;
    const type = scan.msgType;
    if (type === tag.NEW_ORDER_SINGLE) return this.newOrder();
    if (type === tag.ORDER_CANCEL_REQUEST) return this.cancel();
    if (type === tag.ORDER_CANCEL_REPLACE_REQUEST) return this.replace();
    return type === tag.ORDER_STATUS_REQUEST ? this.status() : NOT_AN_ORDER;
  }

  private isPlain(scan: Scanner, request: OrderRequest, codec: Codec, version: FixVersion): boolean {
    const kind = kindOf(scan.msgType);
    if (kind === REQUEST_STATUS || (kind === REQUEST_CANCEL && version.hasCxlType)) return false;
    if (scan.repeatedTag !== 0 || (version.applVerId.length > 0 && codec.hasHighTag)) return false;
    const needs = (version.hasTransactTime ? NEEDS_TRANSACT_TIME : 0) | (version.needsHandlInst ? NEEDS_HANDL_INST : 0);
    return codec.readOrder(request.at, kind, needs);
  }

  /** Over FIXT a message may be of another version than its session (ApplVerID, 1128). */
  private ownVersion(): boolean {
    const scan = this.scan;
    const field = scan.find(tag.ApplVerID);
    if (field < 0) return true;
    const version = versionByApplId(scan.bytes, scan.starts[field]!, scan.ends[field]!);
    if (version === null) return this.fault(tag.ApplVerID, tag.UNSUPPORTED_APPL_VER, UNSUPPORTED_VERSION);
    this.version = version;
    return true;
  }

  private newOrder(): number {
    this.request.kind = REQUEST_NEW;
    return this.ids() && this.terms() ? READ : FAULTY;
  }

  private cancel(): number {
    const request = this.request;
    request.kind = REQUEST_CANCEL;
    if (!this.ids() || !this.orig() || !this.side() || !this.transactTime() || !this.cxlType()) return FAULTY;
    return this.scan.find(tag.OrderQty) < 0 || this.quantity() ? READ : FAULTY;
  }

  private replace(): number {
    this.request.kind = REQUEST_REPLACE;
    return this.ids() && this.orig() && this.terms() ? READ : FAULTY;
  }

  private status(): number {
    this.request.kind = REQUEST_STATUS;
    return this.ids() && this.side() ? READ : FAULTY;
  }

  /** What every request has: ClOrdID, Symbol, perhaps Account and PossResend. */
  private ids(): boolean {
    const scan = this.scan;
    const request = this.request;
    if (scan.repeatedTag !== 0 && !this.unambiguous()) return false;
    request.clOrdIdLength = this.id(tag.ClOrdID, REQUEST_CL_ORD_ID_AT);
    if (request.clOrdIdLength === ABSENT) return this.failed(tag.ClOrdID);
    request.symbolLength = this.id(tag.Symbol, REQUEST_SYMBOL_AT);
    if (request.symbolLength === ABSENT) return this.failed(tag.Symbol);
    request.accountLength = this.id(tag.Account, REQUEST_ACCOUNT_AT);
    if (request.accountLength === ABSENT && this.refTag !== 0) return false;
    if (scan.find(tag.PossResend) >= 0 && scan.char(tag.PossResend) === YES) request.possResend = 1;
    return true;
  }

  /** Some tag stands twice, as those of repeating groups do; what is read here must not. */
  private unambiguous(): boolean {
    const scan = this.scan;
    for (let i = 0; i < scan.count; i++) {
      const fieldTag = scan.tags[i]!;
      if (fieldTag <= LAST_READ && IS_READ[fieldTag] === 1 && scan.find(fieldTag) !== i)
        return this.fault(fieldTag, tag.TAG_APPEARS_MORE_THAN_ONCE, REPEATED);
    }
    return true;
  }

  private orig(): boolean {
    const request = this.request;
    request.origClOrdIdLength = this.id(tag.OrigClOrdID, REQUEST_ORIG_CL_ORD_ID_AT);
    if (request.origClOrdIdLength === ABSENT) return this.failed(tag.OrigClOrdID);
    request.orderIdLength = this.id(tag.OrderID, REQUEST_ORDER_ID_AT);
    return request.orderIdLength !== ABSENT || this.refTag === 0;
  }

  /** Side, OrderQty, OrdType, Price, TimeInForce. */
  private terms(): boolean {
    const scan = this.scan;
    const request = this.request;
    if (!this.side() || !this.quantity() || !this.transactTime()) return false;
    const ordType = scan.char(tag.OrdType);
    if (ordType === ABSENT) return this.fault(tag.OrdType, tag.REQUIRED_TAG_MISSING, MISSING);
    if (ordType < 0 || !isOrdType(ordType)) return this.fault(tag.OrdType, tag.VALUE_INCORRECT, INCORRECT);
    request.ordType = ordType;
    const timeInForce = scan.char(tag.TimeInForce);
    if (timeInForce < 0 || timeInForce > 55) return this.fault(tag.TimeInForce, tag.VALUE_INCORRECT, INCORRECT);
    request.timeInForce = timeInForce === ABSENT ? TIF_DAY : timeInForce;
    if (this.version.needsHandlInst && scan.find(tag.HandlInst) < 0)
      return this.fault(tag.HandlInst, tag.REQUIRED_TAG_MISSING, MISSING);
    return this.price(ordType);
  }

  private price(ordType: number): boolean {
    const scan = this.scan;
    const field = scan.find(tag.Price);
    if (field < 0) {
      if (ordType !== TYPE_LIMIT) return true;
      return this.fault(tag.Price, tag.REQUIRED_TAG_MISSING, PRICE_MISSING);
    }
    const price = readDecimalE8(scan.bytes, scan.starts[field]!, scan.ends[field]!);
    if (price !== price) return this.fault(tag.Price, tag.INCORRECT_DATA_FORMAT, FORMAT);
    if (price === Number.POSITIVE_INFINITY) return this.fault(tag.Price, tag.VALUE_INCORRECT, PRICE_UNFIT);
    if (ordType !== TYPE_MARKET) this.request.priceE8 = price;
    return true;
  }

  private side(): boolean {
    const side = this.scan.char(tag.Side);
    if (side === ABSENT) return this.fault(tag.Side, tag.REQUIRED_TAG_MISSING, MISSING);
    if (side < 49 || (side > 57 && side < 65) || side > 71) return this.fault(tag.Side, tag.VALUE_INCORRECT, INCORRECT);
    this.request.side = side;
    return true;
  }

  private quantity(): boolean {
    const scan = this.scan;
    const field = scan.find(tag.OrderQty);
    if (field < 0) return this.fault(tag.OrderQty, tag.REQUIRED_TAG_MISSING, MISSING);
    const quantity = readWhole(scan.bytes, scan.starts[field]!, scan.ends[field]!);
    if (quantity !== quantity) return this.fault(tag.OrderQty, tag.INCORRECT_DATA_FORMAT, FORMAT);
    if (quantity === Number.POSITIVE_INFINITY) return this.fault(tag.OrderQty, tag.VALUE_INCORRECT, QUANTITY_UNFIT);
    this.request.quantity = quantity;
    return true;
  }

  /** Where a cancel can be meant for a part of the order, only the whole is taken. */
  private cxlType(): boolean {
    if (!this.version.hasCxlType) return true;
    const type = this.scan.char(tag.CxlType);
    if (type === ABSENT) return this.fault(tag.CxlType, tag.REQUIRED_TAG_MISSING, MISSING);
    return type === FULL || this.fault(tag.CxlType, tag.VALUE_INCORRECT, INCORRECT);
  }

  private transactTime(): boolean {
    if (!this.version.hasTransactTime) return true;
    return this.scan.find(tag.TransactTime) >= 0 || this.fault(tag.TransactTime, tag.REQUIRED_TAG_MISSING, MISSING);
  }

  /** Copies an id field into the request; returns its length, 0 when absent (refTag 0) or too long (refTag set). */
  private id(fieldTag: number, at: number): number {
    const scan = this.scan;
    this.refTag = 0;
    const field = scan.find(fieldTag);
    if (field < 0) return ABSENT;
    const from = scan.starts[field]!;
    const to = scan.ends[field]!;
    if (to - from > ID_BYTES) {
      this.fault(fieldTag, tag.VALUE_INCORRECT, ID_TOO_LONG);
      return ABSENT;
    }
    putId(this.request.views, this.request.at + at, scan.bytes, from, to);
    return to - from;
  }

  /** An id that must be there is not, or was too long. */
  private failed(fieldTag: number): boolean {
    return this.refTag === 0 ? this.fault(fieldTag, tag.REQUIRED_TAG_MISSING, MISSING) : false;
  }

  private fault(refTag: number, reason: number, text: Uint8Array): false {
    this.refTag = refTag;
    this.reason = reason;
    this.text = text;
    return false;
  }
}

/** What kind of request the codec takes a message for; REQUEST_STATUS: for none that it reads. */
function kindOf(msgType: number): number {
  if (msgType === tag.NEW_ORDER_SINGLE) return REQUEST_NEW;
  if (msgType === tag.ORDER_CANCEL_REQUEST) return REQUEST_CANCEL;
  return msgType === tag.ORDER_CANCEL_REPLACE_REQUEST ? REQUEST_REPLACE : REQUEST_STATUS;
}

/** OrdType (40) of FIX 4.4: 1 to 9 and A to M; which of them are taken is the core's to say. */
function isOrdType(value: number): boolean {
  return (value >= 49 && value <= 57) || (value >= 65 && value <= 77);
}

/** The tags that are read here. */
const LAST_READ = 128;
const IS_READ = new Uint8Array(LAST_READ + 1);
for (const read of [
  tag.Account,
  tag.ClOrdID,
  tag.OrderID,
  tag.OrderQty,
  tag.OrdType,
  tag.OrigClOrdID,
  tag.Price,
  tag.Side,
  tag.Symbol,
  tag.TimeInForce,
  tag.TransactTime,
  tag.PossResend,
])
  IS_READ[read] = 1;

const MISSING = ascii("Required tag missing");
const INCORRECT = ascii("Value is incorrect (out of range) for this tag");
const FORMAT = ascii("Incorrect data format for value");
const REPEATED = ascii("Tag appears more than once");
const UNSUPPORTED_VERSION = ascii("Invalid/Unsupported Application Version");
const ID_TOO_LONG = ascii("Value is incorrect (out of range) for this tag: ids are at most 32 characters");
const PRICE_MISSING = ascii("Required tag missing: a limit order needs a Price");
const PRICE_UNFIT = ascii("Value is incorrect (out of range) for this tag: at most 8 decimals, below 90071992");
const QUANTITY_UNFIT = ascii("Value is incorrect (out of range) for this tag: whole units only");
