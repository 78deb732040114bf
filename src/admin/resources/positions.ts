import { t } from "elysia";
import type { ActionKind } from "../actions.ts";
import type { AdminContext } from "../context.ts";
import { recordedPositions } from "../recorded-positions.ts";
import { actionResponse, resource } from "../resource.ts";
import { actionAnswers, answers, listOf, why } from "../schema.ts";

const SET: ActionKind = { name: "positions.set", role: "risk" };
const MOST_LISTED = 1_000;
/** Of the longest names they are within admin.maxBodyBytes. */
const MOST_SET = 250;
const MOST_SHOWN = 10;
const name = t.String({ minLength: 1, maxLength: 64 });
const decimal = (description: string) => t.String({ description });

const quantity = t.Union([t.String({ maxLength: 40 }), t.Number()], {
  description: "An exact decimal; below 0 where more was sold.",
});

const positionSchema = t.Object({
  account: t.String(),
  symbol: t.String(),
  start: decimal("At the start of the trading day; below 0 where more was sold."),
  today: decimal("Bought less sold since then."),
  position: decimal("Both together."),
  openBuy: decimal("What open orders can still buy."),
  openSell: decimal("What open orders can still sell."),
  worst: decimal("As if all open orders of one side were filled and none of the other: what maxPosition limits."),
});

/** Positions of accounts in symbols: read, and set at the start of a day. */
export function positionsResource({ operations: { positions }, actions, access }: AdminContext) {
  return resource("Limits")
    .get(
      "/v1/positions",
      ({ query: { account, symbol, limit = MOST_LISTED, from = 0 } }) =>
        positions.page(
          { ...(account === undefined ? {} : { account }), ...(symbol === undefined ? {} : { symbol }) },
          from,
          limit,
        ),
      {
        query: t.Object({
          account: t.Optional(name),
          symbol: t.Optional(name),
          limit: t.Optional(t.Integer({ minimum: 1, maximum: MOST_LISTED })),
          from: t.Optional(t.Integer({ minimum: 0, maximum: 2 ** 31 - 1, description: "`next` of the page before." })),
        }),
        response: answers(t.Object({ positions: listOf(positionSchema), next: t.Nullable(t.Integer()) })),
        detail: { summary: "Positions of accounts in symbols, and what open orders can still make of them" },
      },
    )
    .put(
      "/v1/positions",
      async ({ body, request, set }) => {
        const principal = access.of(request);
        const shown = body.positions.slice(0, MOST_SHOWN).map(({ account, symbol }) => `${account} ${symbol}`);
        const target = [...shown, ...(body.positions.length > MOST_SHOWN ? ["…"] : [])].join(", ");
        const asked = { target, why: body.why, new: recordedPositions(body.positions) };
        const carryOut = async () => {
          const { old, ...done } = await positions.start(body.positions, principal.name);
          return { ...done, status: 400, ...(old.length === 0 ? {} : { old: recordedPositions(old) }) };
        };
        return actionResponse(set, await actions.perform(principal, SET, asked, carryOut));
      },
      {
        body: t.Object({
          positions: t.Array(
            t.Object(
              {
                account: name,
                symbol: name,
                quantity,
              },
              { additionalProperties: false },
            ),
            { minItems: 1, maxItems: MOST_SET },
          ),
          why,
        }),
        response: actionAnswers,
        detail: {
          summary: "Set positions at the start of the trading day",
          description:
            "What was executed since the start of the trading day counts besides. All, and the room for them, are checked before the first is set. The journal's record of the action has what they were before and are now. Positions that are not named stay as they are.",
        },
      },
    )
    .put(
      "/v1/positions/:account/:symbol",
      async ({ params: { account, symbol }, body: { quantity, why }, request, set }) => {
        const principal = access.of(request);
        const asked = { target: `${account} ${symbol}`, why, new: { quantity } };
        const carryOut = async () => {
          const { old, ...done } = await positions.start([{ account, symbol, quantity }], principal.name);
          return { ...done, status: 400, ...(old.length === 0 ? {} : { old: { quantity: old[0]!.quantity } }) };
        };
        return actionResponse(set, await actions.perform(principal, SET, asked, carryOut));
      },
      {
        params: t.Object({ account: name, symbol: name }),
        body: t.Object({ quantity, why }),
        response: actionAnswers,
        detail: { summary: "Set one position at the start of the trading day" },
      },
    );
}
