import { t } from "elysia";
import { OVERRIDE_SIDES } from "../../operation/overrides.ts";
import type { ActionKind } from "../actions.ts";
import type { AdminContext } from "../context.ts";
import { ApiFailure } from "../failure.ts";
import { actionResponse, resource } from "../resource.ts";
import { actionAnswers, answers, listOf, oneOf, why } from "../schema.ts";
import { endBody, endOf } from "./setting-schema.ts";

/** RTS 6, Article 15(6): two persons, whatever admin.confirm says. */
const GRANT: ActionKind = { name: "override.grant", role: "risk", needsTwo: true };
const WITHDRAW: ActionKind = { name: "override.withdraw", role: "risk" };

const name = t.String({ minLength: 1, maxLength: 64 });
const decimal = t.String({ minLength: 1, maxLength: 40, description: "An exact decimal." });
const side = oneOf(OVERRIDE_SIDES);
const check = t.String({
  minLength: 1,
  maxLength: 40,
  description: "As the table of checks names it: `MAX_ORDER_QTY`.",
});
const time = t.Nullable(t.String());

const overrideSchema = t.Object({
  id: t.Number({ description: "Of the action that has asked for it." }),
  state: oneOf(["granted", "used", "expired", "withdrawn"]),
  ...{ session: t.String(), account: t.String(), symbol: t.String(), side, quantity: decimal },
  price: t.Nullable(decimal),
  clOrdId: t.Nullable(t.String()),
  check,
  ...{ until: t.String(), grantedAt: t.String(), doneAt: time },
  orderId: t.Nullable(t.String({ description: "OrderID (37) of the order that has used it." })),
  ...{ by: t.String(), confirmedBy: t.String(), why: t.String() },
});

/** Two persons let one order pass one check once. */
export function overridesResource({ operations: { overrides }, actions, access }: AdminContext) {
  return resource("Limits")
    .get("/v1/overrides", () => ({ overrides: overrides.list() }), {
      response: answers(t.Object({ overrides: listOf(overrideSchema) })),
      detail: { summary: "Overrides of checks: granted, used, expired and withdrawn ones, the newest first" },
    })
    .post(
      "/v1/overrides",
      async ({ body: { why, until, forMinutes, ...order }, request, set }) => {
        const end = { ...(until === undefined ? {} : { until }), ...(forMinutes === undefined ? {} : { forMinutes }) };
        const wanted = () => {
          const at = endOf(end, [order]);
          if (at === undefined || at === "now")
            throw new ApiFailure(400, "out-of-range", "expected an end, got none", "body.until");
          return { ...order, ...at };
        };
        const problem = overrides.problemOf(wanted(), why);
        if (problem !== "") throw new ApiFailure(400, "out-of-range", problem, "body");
        const asked = { target: `${order.session} ${order.account} ${order.symbol}`, why, new: { ...order, ...end } };
        const answer = await actions.perform(access.of(request), GRANT, asked, ({ id, who }, confirmedBy) =>
          overrides.grant(wanted(), { id, by: who, confirmedBy, why }),
        );
        return actionResponse(set, answer);
      },
      {
        body: t.Object({
          ...{ session: name, account: name, symbol: name, side, quantity: decimal },
          price: t.Nullable(decimal, { description: "Null: a market order; else a limit order." }),
          clOrdId: t.Optional(name),
          check,
          ...endBody,
          why,
        }),
        response: actionAnswers,
        detail: {
          summary:
            "Let one order with exactly these terms pass one check once, until a time; a second person always has to confirm it",
        },
      },
    )
    .post(
      "/v1/overrides/:id/withdraw",
      async ({ params: { id }, body, request, set }) => {
        const principal = access.of(request);
        const asked = { target: String(id), why: body.why };
        const carryOut = () => overrides.withdraw(id, principal.name);
        return actionResponse(set, await actions.perform(principal, WITHDRAW, asked, carryOut));
      },
      {
        params: t.Object({ id: t.Numeric() }),
        body: t.Object({ why }),
        response: actionAnswers,
        detail: { summary: "Take an override back that no order has used" },
      },
    );
}
