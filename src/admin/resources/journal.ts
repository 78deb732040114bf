import { t } from "elysia";
import { timeOf } from "../../base/time-text.ts";
import { JOURNAL_KINDS } from "../../operation/journal.ts";
import type { AdminContext } from "../context.ts";
import { type EventStream, eventStream } from "../event-stream.ts";
import { ApiFailure } from "../failure.ts";
import { readingFailure } from "../reading-failure.ts";
import { resource } from "../resource.ts";
import { oneOf, readingAnswers } from "../schema.ts";

const MOST_ENTRIES = 1_000;
const DEFAULT_ENTRIES = 100;
const TIME = "20261124-09:30:00.5, 2026-11-24T09:30:00Z, 09:30 of today, or now; UTC";

const filter = {
  session: t.Optional(t.String({ description: "Client session or venue.", maxLength: 64 })),
  type: t.Optional(oneOf(JOURNAL_KINDS)),
};

const entrySchema = t.Object({
  time: t.String({ description: "ISO 8601 with microseconds, UTC." }),
  stream: t.String(),
  position: t.Number({ description: "With the stream it names the entry for ever." }),
  kind: t.String(),
  direction: oneOf(["in", "out", "core", "event"]),
  party: oneOf(["client", "venue", "gateway"]),
  name: t.String(),
  msgSeqNum: t.Number(),
  epoch: t.Number(),
  index: t.Number(),
  skipped: t.Optional(t.String()),
  decision: t.Optional(t.String()),
  fix: t.Optional(t.String({ description: "The message, with | for SOH." })),
  text: t.Optional(t.String()),
});

const stage = t.Union([t.Number(), t.Null()]);
const timelineSchema = t.Object({
  orderId: t.String(),
  requests: t.Array(
    t.Object({
      clOrdId: t.String(),
      kind: t.String(),
      received: t.String(),
      decision: t.String(),
      stages: t.Object(
        { decideUs: stage, sendUs: stage, venueUs: stage, answerUs: stage, totalUs: stage },
        { description: "received → decided → written for the venue → venue answered → written for the client." },
      ),
    }),
  ),
  entries: t.Array(t.Composite([entrySchema, t.Object({ sinceUs: t.Number() })])),
  cut: t.Boolean({ description: "There are more entries than an answer may have." }),
});

/** The journal of this gateway, read by processes beside it. */
export function journalResource({ operations: { journal }, access }: AdminContext) {
  const streams = new Set<EventStream>();
  // Who connects again shows a token that holds.
  access.onChanged((why) => {
    for (const stream of [...streams]) stream.end(why);
  });
  return resource("Journal")
    .get(
      "/v1/journal",
      async ({ query: { from, to, limit = DEFAULT_ENTRIES, ...rest }, request }) => {
        const times = { fromUs: timeIn("from", from), toUs: timeIn("to", to) };
        const page = await journal.page({ ...rest, ...times, limit }, request.signal).catch(readingFailure);
        return { ...page, entries: [...page.entries], notices: [...page.notices] };
      },
      {
        query: t.Object({
          ...filter,
          from: t.Optional(t.String({ description: TIME })),
          to: t.Optional(t.String({ description: TIME })),
          order: t.Optional(t.String({ description: "Any id of an order.", minLength: 1, maxLength: 64 })),
          limit: t.Optional(t.Integer({ minimum: 1, maximum: MOST_ENTRIES })),
          after: t.Optional(t.String({ description: "next of the page before.", maxLength: 2_000 })),
        }),
        response: readingAnswers(
          t.Object({
            entries: t.Array(entrySchema),
            next: t.Union([t.String(), t.Null()]),
            notices: t.Array(t.String()),
          }),
        ),
        detail: { summary: "Entries of the journal by time, session, order or kind; a page at a time" },
      },
    )
    .get(
      "/v1/journal/stream",
      async ({ query, request }) => {
        const stream = eventStream(request.signal);
        const subscription = await journal
          .follow(query, (entry) => stream.send("entry", entry))
          .catch((error: Error) => {
            stream.end("");
            return readingFailure(error);
          });
        streams.add(stream);
        stream.closed(() => {
          streams.delete(stream);
          subscription.close();
        });
        void subscription.ended.then((why) => stream.end(why));
        return stream.response;
      },
      {
        query: t.Object(filter),
        response: readingAnswers(t.Any({ description: "A stream of text/event-stream: events entry, and end." })),
        detail: { summary: "What is journalled from now on, as server-sent events; a few listeners at a time" },
      },
    )
    .get(
      "/v1/orders/:orderId/timeline",
      async ({ params: { orderId }, request }) => {
        const timeline = await journal.timeline(orderId, request.signal).catch(readingFailure);
        if (timeline === null)
          throw new ApiFailure(404, "not-found", `expected an id of an order, got ${orderId}`, "orderId");
        return { ...timeline, requests: [...timeline.requests], entries: [...timeline.entries] };
      },
      {
        params: t.Object({ orderId: t.String({ minLength: 1, maxLength: 64 }) }),
        response: readingAnswers(timelineSchema),
        detail: {
          summary: "Every message and decision of an order, by any of its ids, and the stages of its requests",
        },
      },
    );
}

function timeIn(where: string, text: string | undefined): number | undefined {
  try {
    return text === undefined ? undefined : timeOf(text);
  } catch (error) {
    throw new ApiFailure(400, "invalid", (error as Error).message, `query.${where}`);
  }
}
