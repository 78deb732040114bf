import { t } from "elysia";
import {
  type Counterparty,
  MOST_LOGOUT_TEXT,
  MOST_NUMBER,
  type Numbers,
  type TradingState,
} from "../../operation/session-commands.ts";
import type { ActionKind } from "../actions.ts";
import type { AdminContext } from "../context.ts";
import { ApiFailure } from "../failure.ts";
import { actionResponse, resource } from "../resource.ts";
import { actionAnswers, why } from "../schema.ts";
import { tradingState } from "./link-schema.ts";

const params = t.Object({ name: t.String({ description: "Its name in the configuration." }) });
const whyBody = t.Object({ why });
const logoutBody = t.Object({
  text: t.Optional(
    t.String({
      description: "Text (58) of the Logout; without it, one that says that an operator did it.",
      maxLength: MOST_LOGOUT_TEXT,
      pattern: "^[ -~]*$",
    }),
  ),
  why,
});
const stateBody = t.Object({ state: tradingState, why });
const number = t.Optional(t.Integer({ minimum: 1, maximum: MOST_NUMBER }));
const numbersBody = t.Object({ nextIn: number, nextOut: number, why });

/** Which of the two kinds of counterparties a path is about. */
type Kind = Counterparty["kind"];

const PATHS: Readonly<Record<Kind, string>> = {
  session: "/v1/sessions/:name",
  venue: "/v1/venues/:name",
  "drop-copy": "/v1/drop-copies/:name",
};
const TITLES: Readonly<Record<Kind, string>> = {
  session: "a client session",
  venue: "a venue",
  "drop-copy": "a drop copy session",
};

function kindOf(kind: Kind, what: string): ActionKind {
  return { name: `${kind}.${what}`, role: "operate" };
}

/** Steers client sessions, venues and drop copy sessions: log out, disconnect, connect, numbers, and what the first two may do. */
export function sessionCommandsResource(context: AdminContext) {
  const { operations, actions, access } = context;
  const commands = operations.sessionCommands;
  const app = resource("Session commands");
  for (const kind of ["session", "venue", "drop-copy"] as const) withCommands(app, kind, context);
  for (const kind of ["session", "venue"] as const) withState(app, kind, context);
  return app.post(
    `${PATHS.venue}/connect`,
    async ({ params: { name }, body, request, set }) => {
      stateOf(context, { kind: "venue", name });
      const asked = { target: name, why: body.why };
      const done = () => commands.connect(name);
      return actionResponse(set, await actions.perform(access.of(request), kindOf("venue", "connect"), asked, done));
    },
    { params, body: whyBody, response: actionAnswers, detail: { summary: "Connect to a venue now" } },
  );
}

function withCommands(app: ReturnType<typeof resource>, kind: Kind, context: AdminContext) {
  const { operations, actions, access } = context;
  const commands = operations.sessionCommands;
  const path = PATHS[kind];
  const title = TITLES[kind];
  return app
    .post(
      `${path}/logout`,
      async ({ params: { name }, body: { text = "", why }, request, set }) => {
        const of = { kind, name };
        stateOf(context, of);
        const asked = { target: name, why, ...(text === "" ? {} : { new: text }) };
        const done = () => commands.logout(of, text);
        return actionResponse(set, await actions.perform(access.of(request), kindOf(kind, "logout"), asked, done));
      },
      { params, body: logoutBody, response: actionAnswers, detail: { summary: `Log out ${title}` } },
    )
    .post(
      `${path}/kick`,
      async ({ params: { name }, body: { why }, request, set }) => {
        const of = { kind, name };
        stateOf(context, of);
        const done = () => commands.disconnect(of);
        const asked = { target: name, why };
        return actionResponse(set, await actions.perform(access.of(request), kindOf(kind, "kick"), asked, done));
      },
      { params, body: whyBody, response: actionAnswers, detail: { summary: `Disconnect ${title} without a Logout` } },
    )
    .post(
      `${path}/numbers`,
      async ({ params: { name }, body: { why, ...numbers }, request, set }) => {
        const of = { kind, name };
        stateOf(context, of);
        if (numbers.nextIn === undefined && numbers.nextOut === undefined)
          throw new ApiFailure(400, "invalid", "expected nextIn, nextOut or both, got none", "body");
        const asked = { target: name, why, new: numbers as Partial<Numbers> };
        const done = () => commands.setNumbers(of, numbers);
        return actionResponse(set, await actions.perform(access.of(request), kindOf(kind, "numbers"), asked, done));
      },
      {
        params,
        body: numbersBody,
        response: actionAnswers,
        detail: { summary: `Set the sequence numbers of ${title}` },
      },
    );
}

function withState(app: ReturnType<typeof resource>, kind: Kind, context: AdminContext) {
  const { operations, actions, access } = context;
  const commands = operations.sessionCommands;
  const path = PATHS[kind];
  const title = TITLES[kind];
  return app.post(
    `${path}/state`,
    async ({ params: { name }, body: { state, why }, request, set }) => {
      const of = { kind, name };
      const asked = { target: name, why, old: stateOf(context, of), new: state };
      const principal = access.of(request);
      const done = () => commands.setTradingState(of, state, { by: principal.name, why });
      return actionResponse(set, await actions.perform(principal, kindOf(kind, "state"), asked, done));
    },
    {
      params,
      body: stateBody,
      response: actionAnswers,
      detail: { summary: `Let ${title} trade (on), only cancel (cancel-only), or switch it off` },
    },
  );
}

/** What it may do now. Throws where it is not configured. */
function stateOf({ operations }: AdminContext, of: Counterparty): TradingState {
  const state = operations.sessionCommands.tradingState(of);
  if (state !== null) return state;
  throw new ApiFailure(404, `no-${of.kind}`, `expected the name of ${TITLES[of.kind]}, got ${of.name}`, "path.name");
}
