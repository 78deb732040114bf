import { REQUEST_CANCEL, REQUEST_NEW, REQUEST_REPLACE } from "../../record/codes.ts";
import { REQUEST_TAGS } from "../../record/order-request.ts";
import { DIRECT_TAGS, KIND_BIT } from "./codec/layout.ts";
import * as tag from "./tags.ts";

/*  Fields of an order, a cancel or a replace that would be lost between client and venue: all but the header and trailer,
 *  which each session writes itself, the fields of an OrderRequest, and those that we write ourselves.
 *  The codec's table of special tags has a bit for each kind of request that does not carry a tag.
 */
export const NOT_IN_NEW = KIND_BIT << REQUEST_NEW;
export const NOT_IN_CANCEL = KIND_BIT << REQUEST_CANCEL;
export const NOT_IN_REPLACE = KIND_BIT << REQUEST_REPLACE;
const NOT_IN_ANY = NOT_IN_NEW | NOT_IN_CANCEL | NOT_IN_REPLACE;

/** HandlInst (21) that we send: automated, no broker. */
export const AUTOMATED = "1".charCodeAt(0);
/** CxlType (125): cancel of the whole remaining quantity. */
export const FULL = "F".charCodeAt(0);

/** Header and trailer of all versions, with the group of NoHops (627). */
const SESSION_TAGS = [
  ...[8, 9, 10, 34, 35, 43, 49, 50, 52, 56, 57, 89, 90, 91, 93, 97, 115, 116, 122, 128, 129, 142, 143, 144, 145],
  ...[212, 213, 347, 369, 370, 627, 628, 629, 630],
];
/** Fields that we write ourselves, by MsgType. */
const OURS = { D: [tag.TransactTime, tag.HandlInst], F: [tag.TransactTime], G: [tag.TransactTime, tag.HandlInst] };

/** By tag: NOT_IN_NEW, NOT_IN_CANCEL, NOT_IN_REPLACE for the requests that do not carry it. */
export const NOT_CARRIED = new Uint8Array(new ArrayBuffer(DIRECT_TAGS)).fill(NOT_IN_ANY);
for (const one of SESSION_TAGS) NOT_CARRIED[one] = 0;
for (const one of [...REQUEST_TAGS.D, ...OURS.D]) NOT_CARRIED[one]! &= ~NOT_IN_NEW;
for (const one of [...REQUEST_TAGS.F, ...OURS.F]) NOT_CARRIED[one]! &= ~NOT_IN_CANCEL;
for (const one of [...REQUEST_TAGS.G, ...OURS.G]) NOT_CARRIED[one]! &= ~NOT_IN_REPLACE;
