import { t } from "elysia";
import type { ActionKind } from "../actions.ts";
import type { AdminContext } from "../context.ts";
import { actionResponse, resource } from "../resource.ts";
import { actionAnswers, answers, oneOf, why } from "../schema.ts";

const CHECK: ActionKind = { name: "day.check", role: "operate" };
/** It changes reference prices, and what may be traded. */
const START: ActionKind = { name: "day.start", role: "risk" };
const END: ActionKind = { name: "day.end", role: "operate" };

const date = t.String({
  description: "YYYY-MM-DD; left out: the current trading day.",
  pattern: "^\\d{4}-\\d\\d-\\d\\d$",
});
const dryRun = t.Optional(t.Boolean({ description: "Only say what would be done. Default: true." }));

const startSchema = t.Object({
  day: t.String(),
  at: t.String(),
  dryRun: t.Boolean(),
  go: t.Boolean({ description: "Every check is ok." }),
  checks: t.Array(t.Object({ name: t.String(), ok: t.Boolean(), why: t.String() })),
  files: t.Array(
    t.Object({
      file: t.String(),
      what: t.String(),
      sha256: t.String(),
      bytes: t.Integer(),
      rows: t.Union([t.Integer(), t.Null()]),
    }),
  ),
  changes: t.Array(t.Object({ symbol: t.String(), setting: t.String(), old: t.Unknown(), new: t.Unknown() })),
});

const endSchema = t.Object({
  day: t.String(),
  at: t.String(),
  doneAt: t.Union([t.String(), t.Null()], { description: "Null: it is under way." }),
  state: oneOf(["planned", "canceling", "logging out", "writing", "done", "failed"]),
  dryRun: t.Boolean(),
  dayOrders: t.Integer({ description: "Open day orders when it began; of a day that is over 0." }),
  canceled: t.Array(t.String(), { description: "OrderIDs; of a dry run, those that venues would be asked to cancel." }),
  left: t.Array(t.String(), { description: "OrderIDs of those that stay open." }),
  loggedOut: t.Array(t.String()),
  directory: t.String(),
  files: t.Array(
    t.Object({ file: t.String(), rows: t.Union([t.Integer(), t.Null()]), bytes: t.Integer(), sha256: t.String() }),
  ),
  problems: t.Array(t.String()),
});

/** Start and end of a trading day. */
export function dayResource({ operations: { day }, actions, access }: AdminContext) {
  return resource("Day")
    .get("/v1/day", () => structuredClone(day.view()) as never, {
      response: answers(t.Object({ start: t.Union([startSchema, t.Null()]), end: t.Union([endSchema, t.Null()]) })),
      detail: { summary: "The last start and end of day since the start, and how far an end is" },
    })
    .post(
      "/v1/day/start",
      async ({ body: { why, dryRun = true }, request, set }) => {
        const principal = access.of(request);
        const change = { target: "", why, new: { dryRun } };
        const done = async () => {
          const { view, ...outcome } = await day.start(dryRun, principal.name);
          return { ...outcome, more: { ...view } };
        };
        return actionResponse(set, await actions.perform(principal, dryRun ? CHECK : START, change, done));
      },
      {
        body: t.Object({ dryRun, why }),
        response: actionAnswers,
        detail: {
          summary: "Start of day: files with hashes and counts, reference prices, restricted symbols, go/no-go list",
        },
      },
    )
    .post(
      "/v1/day/end",
      async ({ body: { why, dryRun = true, cancel = false, logout = false, day: name }, request, set }) => {
        const asked = { dryRun, cancel, logout, ...(name === undefined ? {} : { day: name }) };
        const done = async () => {
          const { view, ...outcome } = await day.end(asked);
          return { ...outcome, more: { ...view } };
        };
        const change = { target: name ?? "", why, new: asked };
        return actionResponse(set, await actions.perform(access.of(request), END, change, done));
      },
      {
        body: t.Object({
          dryRun,
          day: t.Optional(date),
          cancel: t.Optional(t.Boolean({ description: "Ask venues to cancel open day orders. Default: false." })),
          logout: t.Optional(t.Boolean({ description: "Log all sessions and venues out. Default: false." })),
          why,
        }),
        response: actionAnswers,
        detail: {
          summary: "End of day: cancel day orders, log out, write reports with checksums; GET /v1/day shows it",
        },
      },
    );
}
