import { fields } from "./field-changes.ts";
import { choice } from "./fields.ts";
import { throttle } from "./throttle.ts";

/** What may be sent to a venue, and how. */
export const venueRequests = {
  unknownGroups: choice(
    "Requests with repeating groups, or fields in them, that are not in the venue's version or dictionary: reject refuses them, drop sends them without these.",
    ["reject", "drop"],
    { default: "reject" },
  ),
  fields,
  throttle,
};
