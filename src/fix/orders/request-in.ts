import { ascii } from "../../base/ascii.ts";
import { storeNoPrice } from "../../base/long.ts";
import {
  MASS_CANCEL_SECURITY,
  MASS_STATUS_SECURITY,
  POSS_DUP,
  POSS_RESEND,
  REQUEST_CANCEL,
  REQUEST_MASS_CANCEL,
  REQUEST_MASS_STATUS,
  REQUEST_NEW,
  REQUEST_REPLACE,
  REQUEST_STATUS,
  TIF_DAY,
  TIF_GTD,
  TYPE_LIMIT,
  TYPE_LIMIT_ON_CLOSE,
  TYPE_MARKET,
  TYPE_MARKET_IF_TOUCHED,
  TYPE_MARKET_ON_CLOSE,
  TYPE_PEGGED,
  TYPE_STOP,
  TYPE_STOP_LIMIT,
} from "../../record/codes.ts";
import { type OrderRequest, REQUEST_TAGS } from "../../record/order-request.ts";
import { stopPriceIndex } from "../../record/stop-price.ts";
import type { Codec } from "../wire/codec.ts";
import { FULL } from "../wire/held.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";
import { FIX44, type FixVersion, versionByApplId } from "../wire/version.ts";
import { type CodecRules, isPlain } from "./codec-rules.ts";
import { FieldReader } from "./field-reader.ts";
import { takeMassFilters } from "./mass-filters.ts";
import { readRequestFields } from "./order-request-fields.ts";

const YES = 89;
/** OrderMassCancelRequest and OrderMassStatusRequest exist from FIX.4.3 on. */
const HAS_MASS_REQUESTS = 3;
/** Largest MassStatusReqType (585) that the record has room for. */
const LARGEST_SCOPE = 255;
const ABSENT = 0;

/** The message is not an order request: the caller answers with BusinessMessageReject. */
export const NOT_AN_ORDER = -2;
/** A field is faulty: the caller answers with a Reject of `refTag`, `reason` and `text`. */
export const FAULTY = -1;
export const READ = 0;

/**
 * NewOrderSingle, OrderCancelRequest, OrderCancelReplaceRequest, OrderStatusRequest → OrderRequest, by the rules of a version.
 * Requires the fields that the core needs; the session's dictionary says what else is required (fix/dictionary/validator.ts).
 */
export class OrderReader extends FieldReader {
  private version: FixVersion = FIX44;

  /** `codec` reads plain orders, cancels and replaces into records of its memory; null: this reader reads all. */
  constructor(private readonly codec: Codec | null = null) {
    super();
  }

  /** Reads the scanned message into `request`; the caller fills the session fields. Returns READ, FAULTY or NOT_AN_ORDER. */
  read(scan: Scanner, request: OrderRequest, version = FIX44): number {
    return this.readPlain(scan, request, version, null) ? READ : this.readAny(scan, request, version);
  }

  /**
   * Reads the message with the codec, and finds by `rules` what stands beside the record (Codec.hasBeside); null: nothing is taken
   * beside it. Returns false when it is not plain.
   */
  readPlain(scan: Scanner, request: OrderRequest, version: FixVersion, rules: CodecRules | null): boolean {
    const kind = kindOf(scan.msgType);
    const codec = this.codec;
    if (kind === REQUEST_STATUS || codec === null || !isPlain(scan, codec, rules)) return false;
    return codec.readOrder(request.at, kind, version);
  }

  /** As `read`, without the codec. */
  readAny(scan: Scanner, request: OrderRequest, version: FixVersion): number {
    this.scan = scan;
    this.request = request;
    this.version = version;
    this.aside.clear();
    request.clear();
    storeNoPrice(request.views.ints, request.priceE8Index);
    if (version.applVerId.length > 0 && !this.ownVersion()) return FAULTY;
    const type = scan.msgType;
    if (type === tag.NEW_ORDER_SINGLE) return this.newOrder();
    if (type === tag.ORDER_CANCEL_REQUEST) return this.cancel();
    if (type === tag.ORDER_CANCEL_REPLACE_REQUEST) return this.replace();
    return type === tag.ORDER_STATUS_REQUEST ? this.status() : NOT_AN_ORDER;
  }

  /** Reads an OrderMassCancelRequest. Returns  as `readAny`. */
  readMassCancel(scan: Scanner, request: OrderRequest, version: FixVersion): number {
    if (!this.beginMass(scan, request, version)) return NOT_AN_ORDER;
    request.kind = REQUEST_MASS_CANCEL;
    if (!this.massIds(tag.ClOrdID)) return FAULTY;
    const scope = scan.char(tag.MassCancelRequestType);
    if (scope === ABSENT) return this.missing(tag.MassCancelRequestType) ? READ : FAULTY;
    if (scope < 0 || !isLetterOrDigit(scope)) return this.incorrect(tag.MassCancelRequestType) ? READ : FAULTY;
    request.ordType = scope;
    takeMassFilters(scan, request, scope === MASS_CANCEL_SECURITY);
    return this.massSide() ? READ : FAULTY;
  }

  /** Reads an OrderMassStatusRequest. Returns  as `readAny`. */
  readMassStatus(scan: Scanner, request: OrderRequest, version: FixVersion): number {
    if (!this.beginMass(scan, request, version)) return NOT_AN_ORDER;
    request.kind = REQUEST_MASS_STATUS;
    if (!this.massIds(tag.MassStatusReqID)) return FAULTY;
    const field = scan.find(tag.MassStatusReqType);
    if (field < 0) return this.missing(tag.MassStatusReqType) ? READ : FAULTY;
    const scope = scan.int(tag.MassStatusReqType);
    if (scope < 0 || scope > LARGEST_SCOPE) return this.incorrect(tag.MassStatusReqType) ? READ : FAULTY;
    request.ordType = scope;
    takeMassFilters(scan, request, scope === MASS_STATUS_SECURITY);
    return this.massSide() ? READ : FAULTY;
  }

  /** Returns false where the version has no request about many orders. */
  private beginMass(scan: Scanner, request: OrderRequest, version: FixVersion): boolean {
    this.scan = scan;
    this.request = request;
    this.version = version;
    request.clear();
    return version.ordinal >= HAS_MASS_REQUESTS;
  }

  /** Reads the id of a request about many orders, Symbol and Account. */
  private massIds(idTag: number): boolean {
    const request = this.request;
    const id = this.requiredId(idTag);
    if (id < 0) return false;
    request.clOrdIdLength = id;
    this.copyId(request.views, request.clOrdIdAt);
    const symbol = this.id(tag.Symbol);
    if (symbol < 0) return false;
    request.symbolLength = symbol;
    this.copyId(request.views, request.symbolAt);
    const account = this.id(tag.Account);
    if (account < 0) return false;
    request.accountLength = account;
    this.copyId(request.views, request.accountAt);
    return true;
  }

  private massSide(): boolean {
    const side = this.scan.char(tag.Side);
    if (side < 0) return this.incorrect(tag.Side);
    this.request.side = side;
    return true;
  }

  /** Reads the message's version: over FIXT, ApplVerID (1128) may differ from the session's. */
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
    return this.fields() && this.terms() ? READ : FAULTY;
  }

  private cancel(): number {
    this.request.kind = REQUEST_CANCEL;
    if (!this.fields() || !this.cxlType()) return FAULTY;
    if (this.scan.find(tag.Side) >= 0 && !this.side()) return FAULTY;
    return this.scan.find(tag.OrderQty) < 0 || this.quantity() ? READ : FAULTY;
  }

  private replace(): number {
    this.request.kind = REQUEST_REPLACE;
    return this.fields() && this.terms() ? READ : FAULTY;
  }

  private status(): number {
    this.request.kind = REQUEST_STATUS;
    return this.fields() && this.side() ? READ : FAULTY;
  }

  /** Reads the fields that have no rule but their type, PossResend and PossDupFlag. */
  private fields(): boolean {
    const scan = this.scan;
    if (scan.repeatedTag !== 0 && !this.unambiguous()) return false;
    if (!readRequestFields(this, this.request)) return false;
    if (scan.find(tag.PossResend) >= 0 && scan.char(tag.PossResend) === YES) this.request.possResend = POSS_RESEND;
    else if (scan.find(tag.PossDupFlag) >= 0 && scan.char(tag.PossDupFlag) === YES) this.request.possResend = POSS_DUP;
    this.transactTime();
    return true;
  }

  /** False when a field of the record occurs twice; other tags may, in repeating groups. */
  private unambiguous(): boolean {
    const scan = this.scan;
    for (let i = 0; i < scan.count; i++) {
      const fieldTag = scan.tags[i]!;
      if (IS_READ[fieldTag] === 1 && scan.find(fieldTag) !== i)
        return this.fault(fieldTag, tag.TAG_APPEARS_MORE_THAN_ONCE, REPEATED);
    }
    return true;
  }

  /** Reads Side, OrderQty, OrdType, Price, StopPx and TimeInForce. */
  private terms(): boolean {
    const scan = this.scan;
    const request = this.request;
    if (!this.side() || !this.quantity()) return false;
    const ordType = scan.char(tag.OrdType);
    if (ordType === ABSENT) return this.missing(tag.OrdType);
    if (ordType < 0 || !isLetterOrDigit(ordType)) return this.incorrect(tag.OrdType);
    request.ordType = ordType;
    const timeInForce = scan.char(tag.TimeInForce);
    if (timeInForce < 0 || (timeInForce > 0 && !isLetterOrDigit(timeInForce))) return this.incorrect(tag.TimeInForce);
    request.timeInForce = timeInForce === ABSENT ? TIF_DAY : timeInForce;
    request.handlInst = this.charOrAside(tag.HandlInst);
    return this.isPriced(ordType) && this.hasStop(ordType) && this.hasEnd(request.timeInForce);
  }

  private isPriced(ordType: number): boolean {
    const isLimit = ordType === TYPE_LIMIT || ordType === TYPE_STOP_LIMIT || ordType === TYPE_LIMIT_ON_CLOSE;
    if (isLimit && this.scan.find(tag.Price) < 0) return this.fault(tag.Price, tag.REQUIRED_TAG_MISSING, PRICE_MISSING);
    const request = this.request;
    if (!this.priceInto(tag.Price, request.priceE8Index)) return false;
    if (!hasNoLimit(ordType)) return true;
    storeNoPrice(request.views.ints, request.priceE8Index);
    this.aside.add(tag.Price);
    return true;
  }

  /** StopPx travels beside the record; what the core checks of it stands in the record, too. */
  private hasStop(ordType: number): boolean {
    if (ordType === TYPE_MARKET_IF_TOUCHED) return this.hasTouch();
    if (ordType !== TYPE_STOP && ordType !== TYPE_STOP_LIMIT) return true;
    if (this.scan.find(tag.StopPx) < 0) return this.fault(tag.StopPx, tag.REQUIRED_TAG_MISSING, STOP_PX_MISSING);
    return this.priceInto(tag.StopPx, stopPriceIndex(this.request));
  }

  /** The core reads the price beside the record. */
  private hasTouch(): boolean {
    if (this.scan.find(tag.StopPx) >= 0 || this.scan.find(tag.TriggerPrice) >= 0) return true;
    return this.fault(tag.StopPx, tag.REQUIRED_TAG_MISSING, TOUCH_MISSING);
  }

  /** An order that is good till a date says which: its venue ends it. */
  private hasEnd(timeInForce: number): boolean {
    if (timeInForce !== TIF_GTD) return true;
    if (this.scan.find(tag.ExpireDate) >= 0 || this.scan.find(tag.ExpireTime) >= 0) return true;
    return this.fault(tag.ExpireTime, tag.REQUIRED_TAG_MISSING, END_MISSING);
  }

  private side(): boolean {
    const side = this.scan.char(tag.Side);
    if (side === ABSENT) return this.missing(tag.Side);
    if (side < 49 || (side > 57 && side < 65) || side > 71) return this.incorrect(tag.Side);
    this.request.side = side;
    return true;
  }

  private quantity(): boolean {
    if (this.scan.find(tag.OrderQty) < 0) return this.missing(tag.OrderQty);
    return this.quantityInto(tag.OrderQty, this.request.quantityIndex);
  }

  /** Checks CxlType, if the version has it: only a cancel of the whole remaining quantity is accepted. */
  private cxlType(): boolean {
    if (!this.version.hasCxlType) return true;
    const type = this.scan.char(tag.CxlType);
    if (type === ABSENT) return this.missing(tag.CxlType);
    return type === FULL || this.incorrect(tag.CxlType);
  }
}

/** Kind of request by MsgType; REQUEST_STATUS for types that the codec does not read. */
function kindOf(msgType: number): number {
  if (msgType === tag.NEW_ORDER_SINGLE) return REQUEST_NEW;
  if (msgType === tag.ORDER_CANCEL_REQUEST) return REQUEST_CANCEL;
  return msgType === tag.ORDER_CANCEL_REPLACE_REQUEST ? REQUEST_REPLACE : REQUEST_STATUS;
}

/** True for the types whose Price, if they have one, is no limit that the core checks: it travels beside the record. */
function hasNoLimit(ordType: number): boolean {
  return (
    ordType === TYPE_MARKET ||
    ordType === TYPE_STOP ||
    ordType === TYPE_MARKET_ON_CLOSE ||
    ordType === TYPE_MARKET_IF_TOUCHED ||
    ordType === TYPE_PEGGED
  );
}

/** A code of any version, such as an OrdType (40) or a TimeInForce (59). The core decides which of them it accepts. */
function isLetterOrDigit(value: number): boolean {
  return (value >= 48 && value <= 57) || (value >= 65 && value <= 90);
}

/** The tags of a request's record, and those that are read besides. */
const READ_TAGS = [
  ...[...REQUEST_TAGS.D, ...REQUEST_TAGS.F, ...REQUEST_TAGS.G],
  ...[tag.StopPx, tag.ExpireTime, tag.ExpireDate],
];
const IS_READ = new Uint8Array(1 + Math.max(...READ_TAGS));
for (const read of READ_TAGS) IS_READ[read] = 1;

const REPEATED = ascii("Tag appears more than once");
const UNSUPPORTED_VERSION = ascii("Invalid/Unsupported Application Version");
const PRICE_MISSING = ascii("Required tag missing: a limit order needs a Price");
const STOP_PX_MISSING = ascii("Required tag missing: a stop order needs a StopPx");
const TOUCH_MISSING = ascii("Required tag missing: a market if touched order needs a StopPx");
const END_MISSING = ascii("Required tag missing: an order good till a date needs an ExpireDate or ExpireTime");
