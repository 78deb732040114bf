import { t } from "elysia";
import { DEFAULT_PAGE, MOST_OF_PAGE, type OrderFilter, type OrderView } from "../../operation/orders.ts";
import type { Outcome } from "../../operation/outcome.ts";
import type { ActionKind, Done } from "../actions.ts";
import type { AdminContext } from "../context.ts";
import { ApiFailure } from "../failure.ts";
import { actionResponse, resource } from "../resource.ts";
import { actionAnswers, answers, listOf, why } from "../schema.ts";
import { filterProperties, orderSchema } from "./order-schema.ts";

const CANCEL: ActionKind = { name: "order.cancel", role: "operate" };
const CANCEL_MATCHING: ActionKind = { name: "order.cancel-matching", role: "operate" };
const MARK_DEAD: ActionKind = { name: "order.dead", role: "operate" };
const RELEASE: ActionKind = { name: "order.release", role: "operate" };

const parameters = t.Object({ orderId: t.String({ minLength: 1, maxLength: 64 }) });
const body = t.Object({ why });
/** Named keys alone: of a misspelled one nothing would be left, and everything would match. */
const cancelFilter = t.Object(
  { ...filterProperties, needsAttention: t.Optional(t.Boolean()) },
  { additionalProperties: false, minProperties: 1 },
);

/** Orders: found by any id or by what they are of, cancelled, marked dead, released. */
export function ordersResource({ operations: { orders }, actions, access }: AdminContext) {
  const found = async (orderId: string): Promise<OrderView> => {
    const order = await readable(() => orders.byOrderId(orderId));
    if (order === null)
      throw new ApiFailure(
        404,
        "no-order",
        `expected the OrderID of an order that the core knows, got ${orderId}`,
        "path.orderId",
      );
    return order;
  };
  /** One order is steered: the journal has how it was. */
  const act = async (
    { request, set, params, body }: Steering,
    kind: ActionKind,
    carryOut: (orderId: string) => Promise<Outcome>,
  ) => {
    const { orderId } = params;
    const { session, clOrdId, state } = await found(orderId);
    const asked = { target: orderId, why: body.why, old: { session, clOrdId, state } };
    return actionResponse(set, await actions.perform(access.of(request), kind, asked, () => carryOut(orderId)));
  };
  return resource("Orders")
    .get("/v1/orders", ({ query }) => readable(() => orders.find(query)), {
      query: t.Object({
        ...filterProperties,
        limit: t.Optional(
          t.Integer({ minimum: 1, maximum: MOST_OF_PAGE, description: `Orders of a page; ${DEFAULT_PAGE} without.` }),
        ),
        after: t.Optional(t.String({ description: "`next` of the page before.", maxLength: 20 })),
      }),
      response: {
        ...answers(t.Object({ orders: listOf(orderSchema), next: t.Nullable(t.String()) })),
        503: t.Unknown(),
      },
      detail: { summary: "Orders that match all that is given, the newest first" },
    })
    .get("/v1/orders/:orderId", ({ params: { orderId } }) => found(orderId), {
      params: parameters,
      response: answers(orderSchema),
      detail: { summary: "One order" },
    })
    .post("/v1/orders/:orderId/cancel", (context) => act(context, CANCEL, (id) => orders.cancel(id)), {
      params: parameters,
      body,
      response: actionAnswers,
      detail: { summary: "Ask an order's venue to cancel it" },
    })
    .post(
      "/v1/orders/:orderId/dead",
      (context) => act(context, MARK_DEAD, (id) => orders.markDead(id, context.body.why)),
      {
        params: parameters,
        body,
        response: actionAnswers,
        detail: {
          summary: "End an order in the books without its venue",
          description:
            "Its client gets a report with the reason in Text (58), as far as that has room. Only after the venue has said that the order is not open there.",
        },
      },
    )
    .post("/v1/orders/:orderId/release", (context) => act(context, RELEASE, (id) => orders.release(id)), {
      params: parameters,
      body,
      response: actionAnswers,
      detail: { summary: "An order that needed attention no longer does" },
    })
    .post(
      "/v1/orders/cancel",
      async ({ body: { filter: given, all, why }, request, set }) => {
        if ((given === undefined) === (all === undefined))
          throw new ApiFailure(400, "invalid", "expected either filter or all, got both or neither", "body.filter");
        const filter = given ?? {};
        const asked = { target: filterText(filter), why };
        const carryOut = async (): Promise<Done> => {
          const outcome = await readable(() => orders.cancelMatching(filter));
          return {
            result: outcome.asked > 0 ? "applied" : "unchanged",
            code: "",
            reason: "",
            more: { canceled: outcome },
          };
        };
        return actionResponse(set, await actions.perform(access.of(request), CANCEL_MATCHING, asked, carryOut));
      },
      {
        body: t.Object({ filter: t.Optional(cancelFilter), all: t.Optional(t.Literal(true)), why }),
        response: actionAnswers,
        detail: {
          summary: "Ask the venues to cancel all open orders that match",
          description:
            "The answer says how many match, how many venues were asked for, and which were not asked and why. `all` in the place of a filter: all open orders.",
        },
      },
    );
}

interface Steering {
  readonly request: Request;
  readonly set: { status?: number | string };
  readonly params: { readonly orderId: string };
  readonly body: { readonly why: string };
}

/** What a search refuses is the caller's to mend. */
async function readable<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof RangeError) throw new ApiFailure(400, "invalid", error.message, "query");
    if ((error as Error).name === "Busy") throw new ApiFailure(503, "busy", (error as Error).message);
    throw error;
  }
}

function filterText(filter: OrderFilter): string {
  const parts = Object.entries(filter).map(([key, value]) => `${key}=${value}`);
  return parts.length === 0 ? "all open orders" : parts.join(" ");
}
