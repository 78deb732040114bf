import { t } from "elysia";
import type { VenueView } from "../../operation/venues.ts";
import type { AdminContext } from "../context.ts";
import { ApiFailure } from "../failure.ts";
import { resource } from "../resource.ts";
import { answers } from "../schema.ts";
import { linkBody, linkProperties } from "./link-schema.ts";

const MOST = 1_000;

const venueSchema = t.Object({
  ...linkProperties,
  requests: t.Number({ description: "Orders, cancels and replaces that were sent." }),
  reports: t.Number({ description: "Reports that were taken." }),
  unacknowledged: t.Integer({
    description:
      "Open orders with a request that the venue has not answered, with answerClientS also those that have ended; at most a second old.",
  }),
  unacknowledgedS: t.Number({ description: "Seconds since the first of these orders last changed; 0 without any." }),
  answerWithinS: t.Integer({ description: "After how many seconds that is an alarm; 0: never." }),
  statuses: t.Nullable(
    t.Object({
      asked: t.Integer({ description: "Open orders when it logged on." }),
      left: t.Integer({ description: "Of these the ones whose status it has not said." }),
    }),
    { description: "statusAtLogon: before it gets new orders; null: it gets them, or is down." },
  ),
  throttle: t.Object(
    {
      queued: t.Integer({ description: "New orders and replaces that wait." }),
      queueLength: t.Integer({ description: "Most that may wait." }),
      cancelsWaiting: t.Integer(),
      throttled: t.Integer({ description: "Requests that were refused at once, since the gateway's start." }),
      expired: t.Integer({ description: "Requests that were refused because they had waited too long." }),
    },
    { description: "The venue's throttle; all 0 without one." },
  ),
  addresses: t.Array(t.String()),
});

const unacknowledgedSchema = t.Object({
  orderId: t.String(),
  clOrdId: t.String(),
  session: t.String(),
  account: t.String(),
  symbol: t.String(),
  request: t.Union([t.Literal("new"), t.Literal("cancel"), t.Literal("replace")]),
});

const nameParameter = t.Object({ name: t.String() });

/** Venues as their lanes publish them, and the orders that they have not answered. */
export function venuesResource({ operations: { venues } }: AdminContext) {
  return resource("Venues")
    .get("/v1/venues", () => venues.list().map(venueBody), {
      response: answers(t.Array(venueSchema)),
      detail: { summary: "Venues: state, numbers, rates, unanswered requests, why they were disconnected" },
    })
    .get("/v1/venues/:name", ({ params: { name } }) => venueBody(known(venues.get(name), name)), {
      params: nameParameter,
      response: answers(venueSchema),
      detail: { summary: "One venue" },
    })
    .get(
      "/v1/venues/:name/unacknowledged",
      async ({ params: { name }, query: { limit = 100 } }) => known(await venues.unacknowledged(name, limit), name),
      {
        params: nameParameter,
        query: t.Object({ limit: t.Optional(t.Integer({ minimum: 1, maximum: MOST })) }),
        response: answers(t.Array(unacknowledgedSchema)),
        detail: { summary: "Open orders with a request that the venue has not answered, the oldest first" },
      },
    );
}

function venueBody({ addresses, ...rest }: VenueView) {
  return { ...linkBody(rest), addresses: [...addresses] };
}

function known<T>(found: T | null, name: string): T {
  if (found !== null) return found;
  throw new ApiFailure(404, "no-venue", `expected the name of a venue, got ${name}`, "path.name");
}
