import { t } from "elysia";
import type { ActionKind, Done } from "../actions.ts";
import type { AdminContext } from "../context.ts";
import { actionResponse, resource } from "../resource.ts";
import { actionAnswers, answers, confirmationSchema, why } from "../schema.ts";

const MOST = 1_000;
const idParameter = t.Object({ id: t.Integer({ minimum: 1 }) });

const actionSchema = t.Object({
  id: t.Number(),
  at: t.String(),
  who: t.String(),
  from: t.String(),
  action: t.String(),
  target: t.String(),
  why: t.String(),
  old: t.Optional(t.Unknown()),
  new: t.Optional(t.Unknown()),
  confirmedBy: t.Optional(t.String()),
  result: t.Optional(t.String()),
});

const NOTE: ActionKind = { name: "note.add", role: "operate" };

/** What operators did, and what waits for a second person. */
export function actionsResource({ actions, access }: AdminContext) {
  return resource("Actions")
    .get("/v1/actions", ({ query: { limit = 100 } }) => actions.list(limit), {
      query: t.Object({ limit: t.Optional(t.Integer({ minimum: 1, maximum: MOST })) }),
      response: answers(t.Array(actionSchema)),
      detail: { summary: "Actions of operators since the start, the newest first; the journal has all" },
    })
    .post(
      "/v1/notes",
      async ({ body: { why }, request, set }) =>
        actionResponse(set, await actions.perform(access.of(request), NOTE, { target: "", why }, noted)),
      {
        body: t.Object({ why }),
        response: actionAnswers,
        detail: { summary: "Put a note into the journal: a call with a venue, a decision" },
      },
    )
    .get("/v1/confirmations", () => actions.confirmations(), {
      response: answers(t.Array(confirmationSchema)),
      detail: { summary: "Actions that wait for a second person" },
    })
    .post(
      "/v1/confirmations/:id",
      ({ params: { id }, body, request }) => actions.confirm(access.of(request), id, body.why),
      {
        params: idParameter,
        body: t.Object({ why }),
        response: actionAnswers,
        detail: { summary: "Confirm an action that another person has asked for" },
      },
    )
    .delete(
      "/v1/confirmations/:id",
      async ({ params: { id }, body, request }) => {
        await actions.withdraw(access.of(request), id, body.why);
        return { status: "withdrawn" };
      },
      {
        params: idParameter,
        body: t.Object({ why }),
        response: answers(t.Object({ status: t.String() })),
        detail: { summary: "Take back an action that waits for a second person" },
      },
    );
}

/** The journal has it already. */
function noted(): Promise<Done> {
  return Promise.resolve({ result: "applied", code: "", reason: "" });
}
