import { t } from "elysia";
import type { AdminContext } from "../context.ts";
import { ApiFailure } from "../failure.ts";
import { resource } from "../resource.ts";
import { answers, oneOf } from "../schema.ts";
import { reloadChangeSchema } from "./reload.ts";

const systemSchema = t.Object({
  version: t.String(),
  pid: t.Integer(),
  startedAt: t.String({ description: "ISO 8601, UTC." }),
  uptimeS: t.Number(),
  status: t.String({ description: "One line about sessions, venues and lanes." }),
  dataDirectory: t.String(),
  configuration: t.Object({
    file: t.String(),
    sha256: t.String({ description: "Of the file that is in force." }),
    readAt: t.String(),
    notInForce: t.Array(reloadChangeSchema, { description: "Keys of that file that are not in force, and why." }),
  }),
  lanes: t.Integer(),
  drain: t.Union(
    [
      t.Object({
        state: oneOf(["waiting", "canceling", "stopping"]),
        since: t.String(),
        deadline: t.String(),
        cancel: t.Boolean(),
        openOrders: t.Integer(),
        openAtBegin: t.Integer(),
        cancelsSent: t.Integer(),
      }),
      t.Null(),
    ],
    { description: "How far a drain is; null: it is not draining." },
  ),
});

const stateSchema = t.Object({ status: t.String() });

/** The gateway itself; health and readiness need no token. */
export function systemResource({ operations: { system } }: AdminContext) {
  return resource("System")
    .get("/v1/system", () => system.view(), {
      response: answers(systemSchema),
      detail: { summary: "The gateway: version, start, configuration" },
    })
    .get("/v1/counters", () => system.counters(), {
      response: answers(t.Record(t.String(), t.Number())),
      detail: { summary: "The core's counters since the start of this process" },
    })
    .get("/v1/health", () => ({ status: "ok" }), {
      response: { 200: stateSchema },
      detail: { summary: "The control plane answers; needs no token", security: [] },
    })
    .get("/v1/ready", () => ready(system.notReady()), {
      response: { ...answers(stateSchema), 503: t.Unknown() },
      detail: { summary: "Orders are taken; needs no token", security: [] },
    });
}

function ready(problem: string): { status: string } {
  if (problem !== "") throw new ApiFailure(503, "not-ready", problem);
  return { status: "ready" };
}
