import { t } from "elysia";
import { isoText } from "../../base/time-text.ts";
import type { CopyProgressView, DropCopyView } from "../../operation/drop-copies.ts";
import type { AdminContext } from "../context.ts";
import { ApiFailure } from "../failure.ts";
import { actionResponse, resource } from "../resource.ts";
import { actionAnswers, answers, why } from "../schema.ts";
import { linkBody, linkProperties } from "./link-schema.ts";

const { tradingState: _, ...ownProperties } = linkProperties;

const dropCopySchema = t.Object({
  ...ownProperties,
  compId: t.String(),
  accounts: t.Nullable(t.Array(t.String(), { description: "Accounts whose reports it gets; null: all." })),
  sessions: t.Nullable(t.Array(t.String(), { description: "Client sessions whose reports it gets; null: all." })),
  copies: t.Number({ description: "Copies that were made since the gateway's start." }),
  waiting: t.Integer({
    description: "Messages that are numbered, and that no connection since the gateway's start has carried.",
  }),
  behindBytes: t.Number({
    description: "Bytes of the client agents' journals that are not copied yet; as of all sessions.",
  }),
  behindS: t.Number({ description: "How long the first report of them waits, seconds." }),
  copiedUntil: t.Nullable(t.String({ description: "All reports up to here are copied: ISO 8601 with microseconds." })),
  waitsForRoom: t.Boolean({
    description: "A report waits because the disk is full: copies leave the journal's reserve to orders.",
  }),
  stopped: t.Nullable(
    t.Object({
      agent: t.String({ description: "Client agent whose reports can't be copied, such as client0." }),
      reason: t.String(),
    }),
    { description: "What stops the copies of all sessions; null: nothing." },
  ),
});

/** Drop copy sessions as their lane publishes them. */
export function dropCopiesResource({ operations, actions, access }: AdminContext) {
  const { dropCopies, sessionCommands } = operations;
  return resource("Drop copy")
    .get("/v1/drop-copies", () => dropCopies.list().map((view) => bodyOf(view, dropCopies.progress())), {
      response: answers(t.Array(dropCopySchema)),
      detail: { summary: "Drop copy sessions: state, numbers, how far their copies are behind, what stops them" },
    })
    .get(
      "/v1/drop-copies/:name",
      ({ params: { name } }) => {
        const view = dropCopies.get(name);
        if (view !== null) return bodyOf(view, dropCopies.progress());
        throw new ApiFailure(404, "no-drop-copy", `expected the name of a drop copy session, got ${name}`, "path.name");
      },
      {
        params: t.Object({ name: t.String() }),
        response: answers(dropCopySchema),
        detail: { summary: "One drop copy session" },
      },
    )
    .post(
      "/v1/drop-copy-skips",
      async ({ body: { agent, why }, request, set }) => {
        const asked = { target: agent, why, old: dropCopies.progress()?.fault?.reason ?? "" };
        const done = () => sessionCommands.skipCopies(agent);
        const kind = { name: "drop-copy.skip", role: "operate" } as const;
        return actionResponse(set, await actions.perform(access.of(request), kind, asked, done));
      },
      {
        body: t.Object({
          agent: t.String({
            description: "Client agent whose reports can't be copied, such as client0.",
            maxLength: 32,
          }),
          why,
        }),
        response: actionAnswers,
        detail: { summary: "Pass over the part of a client agent's journal that stops the copies" },
      },
    );
}

function bodyOf({ accounts, sessions, ...view }: DropCopyView, progress: CopyProgressView | null) {
  const { behindBytes, behindS, copiedUntilUs, waitsForRoom, fault } = progress ?? NONE_YET;
  const copiedUntil = copiedUntilUs === null ? null : isoText(copiedUntilUs);
  const whose = { accounts: listOf(accounts), sessions: listOf(sessions) };
  return { ...linkBody(view), ...whose, behindBytes, behindS, copiedUntil, waitsForRoom, stopped: fault };
}

const NONE_YET = { behindBytes: 0, behindS: 0, copiedUntilUs: null, waitsForRoom: false, fault: null };

function listOf(names: readonly string[] | null): string[] | null {
  return names === null ? null : [...names];
}
