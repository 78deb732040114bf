import { t } from "elysia";
import { type KillScope, type KillView, readScope, SCOPES_TEXT } from "../../operation/kill-switch.ts";
import type { ActionKind, Done } from "../actions.ts";
import type { AdminContext } from "../context.ts";
import { ApiFailure } from "../failure.ts";
import { actionResponse, resource } from "../resource.ts";
import { actionAnswers, answers, why } from "../schema.ts";

/** It also cancels: whoever may not do that may not do it this way either. */
const ENGAGE_AND_CANCEL: ActionKind = { name: "kill-switch.engage-and-cancel", role: "operate" };
const LIFT: ActionKind = { name: "kill-switch.lift", role: "risk" };
/** Who may operate may engage it, and so may who sets limits. */
const engageAs = (role: string): ActionKind => ({
  name: "kill-switch.engage",
  role: role === "risk" ? "risk" : "operate",
});

const scopeSchema = t.String({
  description: `One of ${SCOPES_TEXT}.`,
  minLength: 1,
  maxLength: 80,
});

const cancelsSchema = t.Object({
  since: t.String({ description: "ISO 8601." }),
  found: t.Number({ description: "Orders that were open since then, or since the start." }),
  canceled: t.Number(),
  filled: t.Number(),
  otherwise: t.Number({ description: "Orders that have ended in another way." }),
  open: t.Number({ description: "Orders that are still open." }),
  unconfirmed: t.Array(t.Object({ orderId: t.String(), reason: t.String() }), {
    description: "The first 100 of these, and why.",
  }),
});

const killSchema = t.Object({
  scope: t.String(),
  kind: t.String(),
  name: t.String(),
  engaged: t.Boolean(),
  by: t.Nullable(t.String({ description: "Operator, signal or file of the last change." })),
  at: t.Nullable(t.String({ description: "When: ISO 8601 with microseconds." })),
  cancels: t.Nullable(cancelsSchema, { description: "What has become of its open orders; null: it leaves them open." }),
  why: t.Nullable(
    t.String({ description: "The operator's reason; null also while it is read from the journal after a start." }),
  ),
});

/** Kill switches: of the firm, clients, accounts, client sessions, traders, symbols and venues. */
export function killSwitchResource({ operations: { killSwitch }, actions, access }: AdminContext) {
  return resource("Kill switch")
    .get(
      "/v1/kill-switch",
      ({ query: { scope } }) => (scope === undefined ? killSwitch.engaged() : [view(scope)]).map(shown),
      {
        query: t.Object({ scope: t.Optional(scopeSchema) }),
        response: answers(t.Array(killSchema)),
        detail: { summary: "The firm's kill switch and all others that are engaged, or that of one scope" },
      },
    )
    .put(
      "/v1/kill-switch",
      async ({ body: { scope: text, engaged, cancelOpen = false, why }, request, set }) => {
        const principal = access.of(request);
        const { engaged: old } = view(text);
        const scope = scopeOf(text);
        if (cancelOpen && !engaged)
          throw new ApiFailure(
            400,
            "invalid",
            "expected no cancelOpen where the kill switch is lifted, got true",
            "body.cancelOpen",
          );
        const carryOut = async (): Promise<Done> => {
          const outcome = await killSwitch.set(scope, engaged, { by: principal.name, why }, cancelOpen);
          const { canceled, ...done } = outcome;
          return canceled === undefined ? done : { ...done, more: { canceled } };
        };
        const engage = cancelOpen ? ENGAGE_AND_CANCEL : engageAs(principal.role);
        const change = { old, new: cancelOpen ? { engaged, cancelOpen } : engaged };
        return actionResponse(
          set,
          await actions.perform(principal, engaged ? engage : LIFT, { target: text, why, ...change }, carryOut),
        );
      },
      {
        body: t.Object({
          scope: scopeSchema,
          engaged: t.Boolean(),
          cancelOpen: t.Optional(
            t.Boolean({ description: "Cancel the open orders of the scope, too, until none is left or it is lifted." }),
          ),
          why,
        }),
        response: actionAnswers,
        detail: {
          summary: "Engage or lift a kill switch: new orders and replaces of its scope are refused, cancels pass",
        },
      },
    );

  function view(text: string): KillView {
    const known = killSwitch.get(scopeOf(text));
    if (known === null)
      throw new ApiFailure(404, "no-scope", `expected the scope of a known name, got ${text}`, "scope");
    return known;
  }
}

function scopeOf(text: string): KillScope {
  const scope = readScope(text);
  if (scope !== null) return scope;
  throw new ApiFailure(400, "invalid", `expected one of ${SCOPES_TEXT}, got ${text}`, "scope");
}

function shown({ cancels, ...view }: KillView) {
  return { ...view, cancels: cancels === null ? null : { ...cancels, unconfirmed: [...cancels.unconfirmed] } };
}
