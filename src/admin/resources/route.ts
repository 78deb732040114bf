import { t } from "elysia";
import { ORDER_TYPE_NAMES } from "../../base/order-kinds.ts";
import type { AdminContext } from "../context.ts";
import { ApiFailure } from "../failure.ts";
import { resource } from "../resource.ts";
import { answers } from "../schema.ts";

const routeSchema = t.Object({
  isRouted: t.Boolean(),
  venue: t.Union([t.String(), t.Null()], { description: "null: the order would be refused." }),
  turns: t.Array(t.String(), {
    description: "Venues that take orders in turn, venue first; empty: it is that venue alone.",
  }),
  refusal: t.Union([t.String(), t.Null()], { description: "Name of the reason, such as VENUE_DOWN." }),
  rule: t.Union([t.String(), t.Null()], { description: "The rule that decides; null: the symbol's venue does." }),
  why: t.String(),
  venues: t.Array(
    t.Object({
      venue: t.String(),
      state: t.Union([
        t.Literal("up"),
        t.Literal("down"),
        t.Literal("cancel-only"),
        t.Literal("off"),
        t.Literal("awaits statuses"),
      ]),
    }),
    { description: "Those that are asked, in their order." },
  ),
  rules: t.Array(
    t.Object({
      rule: t.String(),
      place: t.Integer({ description: "In routing.rules, from 0." }),
      isMet: t.Boolean(),
      why: t.String(),
    }),
  ),
});

const questionSchema = t.Object({
  session: t.String({ description: "Client session." }),
  symbol: t.String(),
  account: t.Optional(t.String({ description: "Default: the session's only one." })),
  side: t.Optional(t.String({ description: "buy, sell or sell-short; default buy." })),
  type: t.Optional(t.String({ description: `${ORDER_TYPE_NAMES.join(", ")}; default limit.` })),
  quantity: t.Optional(t.String({ description: "Default 1." })),
  securityType: t.Optional(t.String({ description: "SecurityType (167)." })),
  exDestination: t.Optional(t.String({ description: "ExDestination (100)." })),
});

/** Where an order would go: a question that changes nothing. */
export function routeResource({ operations: { routes } }: AdminContext) {
  return resource("Routing").get(
    "/v1/route",
    ({ query }) => {
      const found = routes.of(query);
      if ("what" in found) throw new ApiFailure(400, "bad-question", found.what, `query.${found.where}`);
      return {
        ...found,
        turns: [...found.turns],
        venues: found.venues.map((one) => ({ ...one })),
        rules: found.rules.map((one) => ({ ...one })),
      };
    },
    {
      query: questionSchema,
      response: answers(routeSchema),
      detail: { summary: "Where a new order would go now, and why; it sends nothing and asks no risk check" },
    },
  );
}
