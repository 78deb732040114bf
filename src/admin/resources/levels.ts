import { t } from "elysia";
import type { Levels, LevelView } from "../../operation/levels.ts";
import type { AdminContext } from "../context.ts";
import { resource } from "../resource.ts";
import { answers, listOf, why } from "../schema.ts";
import { page, paged } from "./pages.ts";
import { known, settingsChange, tagged } from "./setting-change.ts";
import { changeAnswers, endBody, levelUseSchema, settingSchema, settingsBody } from "./setting-schema.ts";

/** What a resource of a level is called: in paths and lists, what it is of, and what its members are. */
interface LevelWords {
  readonly subject: "client" | "session" | "trader";
  readonly path: string;
  readonly list: string;
  readonly members: string;
  readonly about: string;
  readonly of: string;
}

const CLIENTS: LevelWords = {
  ...{ subject: "client", path: "/v1/clients", list: "clients", members: "accounts" },
  ...{ about: "Clients: limits of their orders and of sums over their accounts, and their use", of: "client" },
};
const SESSIONS: LevelWords = {
  ...{ subject: "session", path: "/v1/session-limits", list: "sessions", members: "traders" },
  ...{ about: "Client sessions: limits of their orders, their use, and who may enter orders", of: "client session" },
};
const TRADERS: LevelWords = {
  ...{ subject: "trader", path: "/v1/traders", list: "traders", members: "sessions" },
  ...{ about: "Traders: limits of their orders, their use, and the sessions that have them", of: "trader" },
};

const name = t.Object({ name: t.String({ minLength: 1, maxLength: 64 }) });

/** Limits of clients, client sessions and traders: read, and changed while orders flow. */
export function levelsResource(context: AdminContext) {
  const { clients, sessionLimits, traders } = context.operations;
  return resource("Levels")
    .use(levelResource(context, CLIENTS, clients))
    .use(levelResource(context, SESSIONS, sessionLimits))
    .use(levelResource(context, TRADERS, traders));
}

function levelResource(context: AdminContext, { subject, path, list, members, about, of }: LevelWords, levels: Levels) {
  const change = settingsChange(context);
  const schema = t.Object({
    name: t.String(),
    version: t.String({ description: "The ETag, without quotes." }),
    isKilled: t.Boolean(),
    isStopped: t.Boolean({
      description:
        "Of a trader: it has traded too often in one symbol, and its orders are refused until `stopped` is reset.",
    }),
    [members]: listOf(t.String()),
    settings: listOf(settingSchema),
    ...levelUseSchema,
  });
  const shown = ({ members: names, ...view }: LevelView) => ({ ...view, [members]: names });
  const views = {
    names: () => levels.names(),
    get: (one: string) => {
      const view = levels.get(one);
      return view === null ? null : shown(view);
    },
  };
  return resource(`Limits of a ${of}`)
    .get(path, ({ query }) => paged(list, views, query), {
      query: page,
      response: answers(t.Object({ [list]: listOf(schema), next: t.Nullable(t.String()) })),
      detail: { summary: about },
    })
    .get(`${path}/:name`, ({ params, set }) => shown(tagged(known(subject, params.name, levels), set)), {
      params: name,
      response: answers(schema),
      detail: { summary: `One ${of}; its ETag is for a change` },
    })
    .patch(`${path}/:name`, (request) => change(request, subject, known(subject, request.params.name, levels)), {
      params: name,
      body: t.Object({ settings: settingsBody, ...endBody, why }),
      response: changeAnswers,
      detail: { summary: `Change limits of a ${of} from the next order on, all of them or none; needs If-Match` },
    });
}
