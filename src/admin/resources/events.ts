import { t } from "elysia";
import type { AdminContext } from "../context.ts";
import { LiveFeed, MOST_LISTENERS } from "../live-feed.ts";
import { LiveViewMaker } from "../live-view.ts";
import { resource } from "../resource.ts";
import { failureSchema } from "../schema.ts";

/** Live state for whoever listens. */
export function eventsResource({ operations, access }: AdminContext) {
  const maker = new LiveViewMaker(operations);
  const feed = new LiveFeed(() => maker.make());
  // Who connects again shows a token that holds.
  access.onChanged((why) => feed.stop(why));
  return resource("Events").get("/v1/events", ({ request }) => feed.listen(request.signal), {
    response: { 200: t.Any({ description: "A stream of text/event-stream." }), 401: failureSchema, 503: failureSchema },
    detail: {
      summary:
        "Server-sent events once a second: rates, latencies, sessions, venues, drop copies, limits, alarms, journal lag",
      description: `At most ${MOST_LISTENERS} listeners at once. A listener that does not read is ended by an event "end" that says why.`,
    },
  });
}
