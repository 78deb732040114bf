import { Type } from "@sinclair/typebox";
import { fields } from "./field-changes.ts";
import { choice, flag, whole } from "./fields.ts";
import { throttle } from "./throttle.ts";
import { venueSymbols } from "./venue-symbols.ts";

/** What may be sent to a venue, and how. */
export const venueRequests = {
  unknownGroups: choice(
    "Requests with repeating groups, or fields in them, that are not in the venue's version or dictionary: reject refuses them, drop sends them without these.",
    ["reject", "drop"],
    { default: "reject" },
  ),
  fields,
  symbols: venueSymbols,
  transactTimePrecision: Type.Optional(
    choice("Form of TransactTime (60) in requests. Default: the client's.", [
      "seconds",
      "milliseconds",
      "microseconds",
    ]),
  ),
  throttle,
  answerWithinS: whole(
    "A request that the venue has not answered for longer raises the alarm venue-silent, seconds. 0: none does.",
    0,
    86_400,
    { default: 0 },
  ),
  statusRequests: whole(
    "How often the venue is asked by OrderStatusRequest (35=H) for an order with such a request, each answerWithinS. 0: never, as for a venue that does not take it.",
    0,
    100,
    { default: 0 },
  ),
  statusAtLogon: flag(
    "Whether the venue, when it has logged on, is asked by OrderStatusRequest (35=H) how each of its open orders is before it gets new orders and replaces.",
    { default: false },
  ),
  statusAtLogonWithinS: whole(
    "Time in which it has to answer these, seconds: then it gets new orders all the same, with an alarm.",
    1,
    3_600,
    { default: 30 },
  ),
  answerClientS: whole(
    "Seconds after answerWithinS and the last OrderStatusRequest until the client is answered, when the venue still says nothing: a cancel or replace is refused; of a new order the client gets a status. 0: never.",
    0,
    86_400,
    { default: 0 },
  ),
};
