import { ascii } from "../../base/ascii.ts";
import { NONE } from "../../base/units.ts";
import {
  CANCELED_AT_LOGOUT,
  CANCELED_BY_KILL_SWITCH,
  CANCELED_FOR_SELF_TRADE,
  CANCELED_ON_DISCONNECT,
  STATUS_REPLACED,
} from "../../record/codes.ts";
import { standardTags } from "../dictionary/built-in.ts";
import type { Dictionary } from "../dictionary/dictionary.ts";
import { DIRECT_TAGS } from "../wire/codec/layout.ts";
import { ACCEPT_USER } from "../wire/codec/rules.ts";
import type { RulesMemory } from "../wire/rules-memory.ts";
import * as tag from "../wire/tags.ts";
import type { FixVersion } from "../wire/version.ts";
import type { CodecRules } from "./codec-rules.ts";
import { recordOf } from "./record-tags.ts";

/** Which tags that a session's dictionary does not have are passed on. */
export interface PassedTags {
  /** Those from 5000 on. */
  readonly user: boolean;
  /** Those below 5000 that no version of the standard has. */
  readonly unknown: boolean;
}

/** Bits of `MessageFields.replaced`. */
export const REPLACES_ID = 1;
export const REPLACES_SOURCE = 2;
export const REPLACES_EXCHANGE = 4;

/** What a venue's configuration says about the fields of requests to it. */
export interface FieldChanges {
  /** Tags that are left out. */
  readonly drop: readonly number[];
  /** New tag by old tag. */
  readonly rename: Readonly<Record<string, number>>;
  /** Fixed value by tag: added, or in the place of what the client says. */
  readonly set: Readonly<Record<string, string>>;
}

/** Changes in all requests, and more of them by type. */
export interface FieldSettings extends FieldChanges {
  readonly D: FieldChanges;
  readonly F: FieldChanges;
  readonly G: FieldChanges;
}

/** Tags from here on are the users'. */
const FIRST_USER_TAG = 5000;
/** By tag below that: 1 where a version of the standard has it. */
const STANDARD = new Uint8Array(new ArrayBuffer(FIRST_USER_TAG));
for (const one of standardTags()) STANDARD[one] = 1;

const ExecRestatementReason = 378;
/** Our reason of a canceled order, and its ExecRestatementReason: connection lost, logout, broker's option, self-match prevention of the passive order. */
const RESTATEMENTS = [
  [CANCELED_ON_DISCONNECT, 12],
  [CANCELED_AT_LOGOUT, 13],
  [CANCELED_BY_KILL_SWITCH, 4],
  [CANCELED_FOR_SELF_TRADE, 19],
] as const;

const NO_CHANGES: FieldChanges = { drop: [], rename: {}, set: {} };

function allows(dictionary: Dictionary, one: number, value: string): boolean {
  return dictionary.allows(one, ascii(value), 0, value.length);
}

/** A reason that the dictionary has is said as it is, another one as the version says it. */
function reasons(dictionary: Dictionary, one: number, ofVersion: Uint8Array): Uint8Array {
  return ofVersion.map((nearest, reason) => (allows(dictionary, one, String(reason)) ? reason : nearest));
}

/** Tags that the configuration changes, in any message. */
export function changedTags(settings: FieldSettings): number[] {
  return [settings, settings.D, settings.F, settings.G].flatMap(({ drop, rename, set }) =>
    [...drop, ...Object.keys(rename), ...Object.keys(set)].map(Number),
  );
}

/** Which fields the messages of one type to one peer have: by its dictionary, and by the configuration. */
export class MessageFields {
  /** Bits of the record's fields that the codec writes (record/layout/row.ts). */
  readonly writes: number;
  /** Bits of those that the configuration drops, renames or fixes. */
  readonly changed: number;
  /** By CxlRejReason and OrdRejReason: what the messages say for it; NO_REASON leaves the field out. */
  readonly cxlRejReasons: Uint8Array;
  readonly ordRejReasons: Uint8Array;
  /** By our own reason: ExecRestatementReason of an order that was canceled for it, 0 for none. */
  readonly restatements = new Uint8Array(new ArrayBuffer(256));
  /** OrdStatus 5, replaced, exists. */
  readonly saysReplaced: boolean;
  /** By ExecType: 1 where it exists. */
  private readonly types = new Uint8Array(new ArrayBuffer(128));
  /** The message must have them; the gateway writes them where the client has said none. */
  readonly needsHandlInst: boolean;
  readonly needsTransactTime: boolean;
  /** The message must have OrderQty: 0 where there is none that is held. */
  readonly needsOrderQty: boolean;
  /** Whole fields with fixed values, and their tags. */
  readonly fixed: Uint8Array;
  readonly fixedTags: Int32Array;
  /** The codec's rules of these messages, 0 for none, and what it accepts beyond them. */
  readonly rules: number;
  readonly accepts: number;
  /** Of the next message: REPLACES_… bits of the client's fields that are left out, because the venue's table of symbols gives them. */
  replaced = 0;
  /** Of the next message: most decimals of a TransactTime that stands beside the record; NONE: all that the client says. */
  transactDecimals = NONE;
  /** Tags of the record that are renamed. */
  readonly renames: Int32Array;
  /** Address of their table in a codec's memory (peer-table.ts), and which memory that is; null until it is made. */
  tableAt = 0;
  tableIn: RulesMemory | null = null;
  private readonly drop: Int32Array;
  private readonly renameFrom: Int32Array;
  private readonly renameTo: Int32Array;
  /** By tag: its bit; 0 for tags that the record does not have. */
  private readonly bits = new Int32Array(new ArrayBuffer(4 * DIRECT_TAGS));

  constructor(
    private readonly dictionary: Dictionary,
    readonly msgType: number,
    version: FixVersion,
    private readonly passes: PassedTags,
    changes: readonly FieldChanges[] = [NO_CHANGES],
    rules: CodecRules | null = null,
  ) {
    this.rules = rules === null ? 0 : rules.of(msgType);
    this.accepts = passes.user ? ACCEPT_USER : 0;
    const { table, tags } = recordOf(msgType);
    const drop = changes.flatMap((one) => one.drop);
    const rename = Object.entries(Object.assign({}, ...changes.map((one) => one.rename)) as Record<string, number>);
    const set = Object.entries(Object.assign({}, ...changes.map((one) => one.set)) as Record<string, string>).filter(
      ([one]) => !drop.includes(Number(one)),
    );
    this.drop = Int32Array.from(drop);
    this.renameFrom = Int32Array.from(rename, ([from]) => Number(from));
    this.renameTo = Int32Array.from(rename, ([, to]) => to);
    this.fixedTags = Int32Array.from(set, ([one]) => Number(one));
    this.fixed = ascii(set.map(([one, value]) => `${one}=${value}\x01`).join(""));
    const type = String.fromCharCode(msgType);
    let writes = 0;
    let changed = 0;
    for (const [i, one] of tags.entries()) {
      this.bits[one] = 2 ** i;
      if (this.isChanged(one)) changed |= 2 ** i;
      const row = table.rows.find((row) => row.tag === one);
      const isWritten = row?.write === undefined || row.write.includes(type) || type === "9";
      // A limit order keeps its price: what is dropped is that of a market order.
      if (isWritten && this.has(one) && (one === tag.Price || !this.isChanged(one))) writes |= 2 ** i;
    }
    this.writes = writes;
    this.changed = changed;
    this.renames = this.renameFrom.filter((one) => this.bitOf(one) !== 0);
    this.cxlRejReasons = reasons(dictionary, tag.CxlRejReason, version.cxlRejReasons);
    this.ordRejReasons = reasons(dictionary, tag.OrdRejReason, version.ordRejReasons);
    for (const [reason, said] of RESTATEMENTS)
      if (this.has(ExecRestatementReason) && allows(dictionary, ExecRestatementReason, String(said)))
        this.restatements[reason] = this.isChanged(ExecRestatementReason) ? 0 : said;
    this.saysReplaced = allows(dictionary, tag.OrdStatus, String.fromCharCode(STATUS_REPLACED));
    for (let i = 0; i < this.types.length; i++)
      this.types[i] = allows(dictionary, tag.ExecType, String.fromCharCode(i)) ? 1 : 0;
    this.needsHandlInst = dictionary.requires(msgType, tag.HandlInst);
    this.needsTransactTime = dictionary.requires(msgType, tag.TransactTime);
    this.needsOrderQty = dictionary.requires(msgType, tag.OrderQty);
  }

  /** True when the ExecType exists in these messages. */
  saysType(execType: number): boolean {
    return this.types[execType] === 1;
  }

  /** True when the message may have the tag outside groups. A message that the dictionary does not have may have any. */
  has(fieldTag: number): boolean {
    return this.dictionary.rulesOfType(this.msgType) === null || this.dictionary.has(this.msgType, fieldTag);
  }

  /** Bit of a tag that the record has, 0 for any other. */
  bitOf(fieldTag: number): number {
    return fieldTag < DIRECT_TAGS ? this.bits[fieldTag]! : 0;
  }

  /** True for a tag that the dictionary does not have, and that is passed on all the same. */
  passesOn(fieldTag: number): boolean {
    if (fieldTag >= FIRST_USER_TAG) return this.passes.user;
    return this.passes.unknown && STANDARD[fieldTag] === 0;
  }

  isDropped(fieldTag: number): boolean {
    if (this.replaced !== 0 && this.isReplaced(fieldTag)) return true;
    return this.drop.length > 0 && this.drop.includes(fieldTag);
  }

  private isReplaced(fieldTag: number): boolean {
    if (fieldTag === tag.SecurityID) return (this.replaced & REPLACES_ID) !== 0;
    if (fieldTag === tag.SecurityIDSource) return (this.replaced & REPLACES_SOURCE) !== 0;
    return fieldTag === tag.SecurityExchange && (this.replaced & REPLACES_EXCHANGE) !== 0;
  }

  isFixed(fieldTag: number): boolean {
    return this.fixedTags.length > 0 && this.fixedTags.includes(fieldTag);
  }

  /** The configured name of a tag, 0 when it keeps its own. */
  renamed(fieldTag: number): number {
    const place = this.renameFrom.length === 0 ? -1 : this.renameFrom.indexOf(fieldTag);
    return place < 0 ? 0 : this.renameTo[place]!;
  }

  /** True when the configuration drops, renames or fixes the tag. */
  isChanged(fieldTag: number): boolean {
    return this.isDropped(fieldTag) || this.isFixed(fieldTag) || this.renamed(fieldTag) !== 0;
  }
}

/** The fields of all orders, cancels, replaces and reports to one peer. */
export class PeerFields {
  private readonly newOrder: MessageFields;
  private readonly cancel: MessageFields;
  private readonly replace: MessageFields;
  private readonly execution: MessageFields;
  private readonly cancelReject: MessageFields;

  constructor(
    dictionary: Dictionary,
    version: FixVersion,
    passes: PassedTags,
    settings: FieldSettings | null = null,
    rules: CodecRules | null = null,
  ) {
    const of = (type: number, more: FieldChanges | undefined): MessageFields => {
      const changes = settings === null ? [] : [settings, more ?? NO_CHANGES];
      return new MessageFields(dictionary, type, version, passes, changes, rules);
    };
    this.newOrder = of(tag.NEW_ORDER_SINGLE, settings?.D);
    this.cancel = of(tag.ORDER_CANCEL_REQUEST, settings?.F);
    this.replace = of(tag.ORDER_CANCEL_REPLACE_REQUEST, settings?.G);
    this.execution = of(tag.EXECUTION_REPORT, undefined);
    this.cancelReject = of(tag.ORDER_CANCEL_REJECT, undefined);
  }

  of(msgType: number): MessageFields {
    if (msgType === tag.EXECUTION_REPORT) return this.execution;
    if (msgType === tag.NEW_ORDER_SINGLE) return this.newOrder;
    if (msgType === tag.ORDER_CANCEL_REQUEST) return this.cancel;
    return msgType === tag.ORDER_CANCEL_REPLACE_REQUEST ? this.replace : this.cancelReject;
  }
}
