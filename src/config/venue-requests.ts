import { Type } from "@sinclair/typebox";
import { fields } from "./field-changes.ts";
import { choice, whole } from "./fields.ts";
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
};
