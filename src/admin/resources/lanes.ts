import { t } from "elysia";
import { isoText } from "../../base/time-text.ts";
import type { LaneView, StallView } from "../../operation/lanes.ts";
import type { AdminContext } from "../context.ts";
import { resource } from "../resource.ts";
import { answers } from "../schema.ts";

const MOST = 1_000;

const laneSchema = t.Object({
  lane: t.Integer(),
  agents: t.Array(t.String()),
  state: t.Union([
    t.Literal("starting"),
    t.Literal("open"),
    t.Literal("running"),
    t.Literal("drained"),
    t.Literal("stopped"),
    t.Literal("failed"),
  ]),
  cpu: t.Nullable(t.Integer({ description: "The CPU that it has for itself." })),
  idle: t.String({ description: "What it does in turns without work." }),
  turns: t.Number(),
  workedTurns: t.Number(),
  turnsPerSecond: t.Number(),
  longestTurnUs: t.Number(),
  collections: t.Number({ description: "Collections of garbage that were seen on it." }),
  compilations: t.Number({ description: "Functions compiled since it runs." }),
  stalls: t.Number(),
  stallCauses: t.Array(t.Object({ cause: t.String(), count: t.Number(), totalUs: t.Number(), worstUs: t.Number() })),
});

const ringSchema = t.Object({ name: t.String(), records: t.Integer(), slots: t.Integer() });

const journalSchema = t.Object({
  stream: t.String(),
  appendedBytes: t.Number({ description: "Since the journal began." }),
  unwrittenBytes: t.Number({ description: "Appended, and not in the segment files yet." }),
  unsyncedBytes: t.Nullable(t.Number({ description: "Appended, and not on the disk; null with durability process." })),
  bufferBytes: t.Number(),
  errno: t.Integer({ description: "Error of the next segment's file; 0: none." }),
});

const stallSchema = t.Object({
  lane: t.Integer(),
  at: t.String(),
  gapUs: t.Number(),
  cause: t.String(),
  agent: t.Nullable(t.String({ description: "The agent with the longest turn." })),
  agentUs: t.Number(),
});

/** Lanes, their stalls, and what is between them. */
export function lanesResource({ operations: { lanes, latencies, journalLag } }: AdminContext) {
  return resource("Lanes")
    .get(
      "/v1/lanes",
      () => ({
        lanes: lanes.list().map(laneBody),
        rings: lanes.rings(),
        journal: journalLag.streams(),
        unmeasured: latencies.unmeasured(),
      }),
      {
        response: answers(
          t.Object({
            lanes: t.Array(laneSchema),
            rings: t.Array(ringSchema),
            journal: t.Array(journalSchema),
            unmeasured: t.Number({
              description: "Reports and requests without latencies: too many waited for a socket.",
            }),
          }),
        ),
        detail: { summary: "Lanes, how full the rings between agents are, and how far the journal is from the disk" },
      },
    )
    .get("/v1/stalls", ({ query: { limit = 100 } }) => lanes.stalls(limit).map(stallBody), {
      query: t.Object({ limit: t.Optional(t.Integer({ minimum: 1, maximum: MOST })) }),
      response: answers(t.Array(stallSchema)),
      detail: { summary: "The last stalls of all lanes, the newest first" },
    });
}

function laneBody({ agents, stallCauses, ...rest }: LaneView) {
  return { ...rest, agents: [...agents], stallCauses: [...stallCauses] };
}

function stallBody({ atUs, ...rest }: StallView) {
  return { ...rest, at: isoText(atUs) };
}
