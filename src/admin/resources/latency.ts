import { t } from "elysia";
import type { StageView } from "../../operation/latency.ts";
import type { AdminContext } from "../context.ts";
import { ApiFailure } from "../failure.ts";
import { resource } from "../resource.ts";
import { answers } from "../schema.ts";

const figuresSchema = t.Object({
  count: t.Number(),
  p50: t.Number(),
  p90: t.Number(),
  p99: t.Number(),
  p999: t.Number(),
  max: t.Number(),
  mean: t.Number(),
});

const stageSchema = t.Object(
  {
    stage: t.Union([
      t.Literal("decide"),
      t.Literal("send"),
      t.Literal("venue"),
      t.Literal("answer"),
      t.Literal("total"),
    ]),
    whole: figuresSchema,
    interval: figuresSchema,
  },
  { description: "Microseconds, since the start and in the last 10 seconds; percentiles are at most 3.2 % off." },
);

const nameQuery = t.Optional(t.String());

/** Latencies of orders by stage: of all, of a client session, of a venue. */
export function latencyResource({ operations: { latencies } }: AdminContext) {
  return resource("Latency").get(
    "/v1/latency",
    ({ query: { session, venue } }) => {
      if (session !== undefined && venue !== undefined)
        throw new ApiFailure(400, "invalid", "expected session or venue, got both", "query");
      if (session !== undefined) return known(latencies.session(session), "a client session", session, "query.session");
      if (venue !== undefined) return known(latencies.venue(venue), "a venue", venue, "query.venue");
      return latencies.all();
    },
    {
      query: t.Object({ session: nameQuery, venue: nameQuery }),
      response: answers(t.Array(stageSchema)),
      detail: {
        summary: "Latencies by stage: of all orders, of a client session or of a venue",
        description:
          "decide: from the request's read to the core's decision. send: to the venue's socket. venue: to the read of its answer. answer: from the read of any report of a venue to the client's socket. total: from the request's read to the client's socket, for the first answer. Requests that the gateway refuses are not measured. Of more than 1,024 sessions of a client agent, those behind the 1,023rd have no figures of their own: the answer is empty.",
      },
    },
  );
}

function known(found: StageView[] | null, what: string, name: string, where: string): StageView[] {
  if (found !== null) return found;
  throw new ApiFailure(404, "unknown", `expected the name of ${what}, got ${name}`, where);
}
