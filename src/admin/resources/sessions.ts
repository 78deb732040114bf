import { t } from "elysia";
import { isoText } from "../../base/time-text.ts";
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
  dontKnowTrades: t.Integer({ description: "DontKnowTrade messages from it since the gateway's start." }),
  messagesThrottled: t.Integer({
    description: "Messages from it that were refused because too many came, since the gateway's start.",
  }),
  floodLogouts: t.Integer({ description: "How often it was logged out because too many messages came." }),
  isDynamic: t.Boolean(),
  cancelOnDisconnect: t.Object(
    {
      mode: t.Union([t.Literal("none"), t.Literal("disconnect"), t.Literal("logout"), t.Literal("both")]),
      windowMs: t.Integer({ description: "Time in which it may come back." }),
      orders: t.Union([t.Literal("all"), t.Literal("day")]),
      saidBy: t.Union([t.Literal("configuration"), t.Literal("logon")], {
        description: "logon: its last Logon says mode or window (35002, 35003).",
      }),
      state: t.Union(
        [
          t.Literal("off"),
          t.Literal("armed"),
          t.Literal("kept"),
          t.Literal("waiting"),
          t.Literal("canceling"),
          t.Literal("canceled"),
        ],
        {
          description:
            "armed: it is logged on; kept: it has gone in a way that cancels nothing; waiting: it may still come back; canceling: some orders are open or not confirmed.",
        },
      ),
      due: t.Nullable(t.String({ description: "When its orders are canceled unless it is back: ISO 8601." })),
      asked: t.Integer({ description: "Orders whose venues were asked to cancel them since it is gone." }),
    },
    { description: "What becomes of its open orders when it is gone." },
  ),
});

/** Client sessions as their lanes publish them. */
export function sessionsResource({ operations: { sessions } }: AdminContext) {
  return resource("Sessions")
    .get("/v1/sessions", () => sessions.list().map(sessionBody), {
      response: answers(t.Array(sessionSchema)),
      detail: { summary: "Client sessions: state, numbers, rates, backlog, why they were disconnected" },
    })
    .get("/v1/sessions/:name", ({ params: { name } }) => sessionBody(known(sessions.get(name), name)), {
      params: t.Object({ name: t.String() }),
      response: answers(sessionSchema),
      detail: { summary: "One client session" },
    });
}

function sessionBody(view: SessionView) {
  const { cancelOnDisconnect, ...link } = view;
  const { dueUs, ...rest } = cancelOnDisconnect;
  return { ...linkBody(link), cancelOnDisconnect: { ...rest, due: dueUs === null ? null : isoText(dueUs) } };
}

function known(view: SessionView | null, name: string): SessionView {
  if (view !== null) return view;
  throw new ApiFailure(404, "no-session", `expected the name of a client session, got ${name}`, "path.name");
}
