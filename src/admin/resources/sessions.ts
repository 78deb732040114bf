import { t } from "elysia";
import type { SessionView } from "../../operation/sessions.ts";
import type { AdminContext } from "../context.ts";
import { ApiFailure } from "../failure.ts";
import { resource } from "../resource.ts";
import { answers } from "../schema.ts";
import { linkBody, linkProperties } from "./link-schema.ts";

const sessionSchema = t.Object({
  ...linkProperties,
  requests: t.Number({ description: "Orders, cancels, replaces and status requests that were taken." }),
  reports: t.Number({ description: "ExecutionReports and OrderCancelRejects that were sent." }),
  requestsRefused: t.Number({ description: "Of these, rejected orders and OrderCancelRejects." }),
  openOrders: t.Integer(),
  compId: t.String({ description: "CompID of the client; empty while a dynamic session has none." }),
  isDynamic: t.Boolean(),
});

/** Client sessions as their lanes publish them. */
export function sessionsResource({ operations: { sessions } }: AdminContext) {
  return resource("Sessions")
    .get("/v1/sessions", () => sessions.list().map(linkBody), {
      response: answers(t.Array(sessionSchema)),
      detail: { summary: "Client sessions: state, numbers, rates, backlog, why they were disconnected" },
    })
    .get("/v1/sessions/:name", ({ params: { name } }) => linkBody(known(sessions.get(name), name)), {
      params: t.Object({ name: t.String() }),
      response: answers(sessionSchema),
      detail: { summary: "One client session" },
    });
}

function known(view: SessionView | null, name: string): SessionView {
  if (view !== null) return view;
  throw new ApiFailure(404, "no-session", `expected the name of a client session, got ${name}`, "path.name");
}
