import { t } from "elysia";
import { UNMATCHED_STATES } from "../../operation/unmatched.ts";
import type { ActionKind } from "../actions.ts";
import type { AdminContext } from "../context.ts";
import { ApiFailure } from "../failure.ts";
import { actionResponse, resource } from "../resource.ts";
import { actionAnswers, answers, listOf, oneOf, why } from "../schema.ts";

const ASSIGN: ActionKind = { name: "unmatched.assign", role: "risk" };
const DISMISS: ActionKind = { name: "unmatched.dismiss", role: "risk" };

const STATUS = { "not-found": 404, "not-open": 409, "out-of-range": 400 } as const;

const decimal = t.String({ description: "An exact decimal." });
const text = t.Nullable(t.String());
const params = t.Object({ number: t.Numeric() });

const unmatchedSchema = t.Object({
  number: t.Number({ description: "When it came, microseconds since 1970; another one for each." }),
  state: oneOf(UNMATCHED_STATES),
  ...{ receivedAt: t.String(), venue: t.String() },
  kind: oneOf(["trade", "bust", "correction", "cancel-reject", "other"]),
  ...{ execType: text, ordStatus: text, side: text, symbol: text, account: text },
  ...{ orderId: text, execId: text, execRefId: text },
  ...{ lastQty: decimal, lastPx: text, orderQty: decimal, price: text, cumQty: decimal, leavesQty: decimal },
  ...{ transactTime: text, doneAt: text, assignedTo: text, by: text, confirmedBy: text, why: text },
});

/** Reports of orders that are not known here. */
export function unmatchedResource({ operations: { unmatched }, actions, access }: AdminContext) {
  const check = (number: number, account: string | null, reason: string): void => {
    const problem = unmatched.problemOf(number, account, reason);
    if (problem !== null) throw new ApiFailure(STATUS[problem.code], problem.code, problem.reason);
  };
  return resource("Orders")
    .get("/v1/unmatched-reports", () => ({ unmatchedReports: unmatched.list() }), {
      response: answers(t.Object({ unmatchedReports: listOf(unmatchedSchema) })),
      detail: {
        summary:
          "Reports of orders that the gateway does not know: open, assigned and dismissed ones, the newest first",
      },
    })
    .post(
      "/v1/unmatched-reports/:number/assign",
      async ({ params: { number }, body: { account, why }, request, set }) => {
        check(number, account, why);
        const asked = { target: String(number), why, new: { account } };
        const answer = await actions.perform(access.of(request), ASSIGN, asked, ({ who, confirmedBy = "" }) =>
          unmatched.assign(number, account, { by: who, confirmedBy, why }),
        );
        return actionResponse(set, answer);
      },
      {
        params,
        body: t.Object({ account: t.String({ minLength: 1, maxLength: 64 }), why }),
        response: actionAnswers,
        detail: { summary: "Book the execution of an unmatched report for an account, once" },
      },
    )
    .post(
      "/v1/unmatched-reports/:number/dismiss",
      async ({ params: { number }, body: { why }, request, set }) => {
        check(number, null, why);
        const answer = await actions.perform(
          access.of(request),
          DISMISS,
          { target: String(number), why },
          ({ who, confirmedBy = "" }) => unmatched.dismiss(number, { by: who, confirmedBy, why }),
        );
        return actionResponse(set, answer);
      },
      {
        params,
        body: t.Object({ why }),
        response: actionAnswers,
        detail: { summary: "Say that an unmatched report needs no booking here" },
      },
    );
}
