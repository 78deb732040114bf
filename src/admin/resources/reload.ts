import { t } from "elysia";
import type { ReloadReport } from "../../operation/reload.ts";
import type { ActionKind, Done } from "../actions.ts";
import type { AdminContext } from "../context.ts";
import { ApiFailure } from "../failure.ts";
import { actionResponse, resource } from "../resource.ts";
import { actionAnswers, why } from "../schema.ts";

const RELOAD: ActionKind = { name: "system.reload", role: "admin" };

/** One key that differs between the file and what is in force. */
export const reloadChangeSchema = t.Object({
  key: t.String(),
  before: t.String(),
  after: t.String(),
  effect: t.Union([t.Literal("applied"), t.Literal("operator"), t.Literal("restart")], {
    description: "applied: it counts; operator: an operator's value stays; restart: it counts after a restart.",
  }),
  how: t.String({ description: "From when it counts, or why not now." }),
});

/** Reads the configuration file again. */
export function reloadResource({ operations: { reloading }, actions, access }: AdminContext) {
  return resource("System").post(
    "/v1/system/reload",
    async ({ query: { dryRun }, body: { why }, request, set }) => {
      const action = { target: dryRun === "true" ? "dry run" : "", why };
      const reload = (): Promise<Done> => reloading.reload(dryRun === "true").then(doneOf);
      return actionResponse(set, await actions.perform(access.of(request), RELOAD, action, reload));
    },
    {
      query: t.Object({
        dryRun: t.Optional(
          t.Union([t.Literal("true"), t.Literal("false")], { description: "true: only show what would change." }),
        ),
      }),
      body: t.Object({ why }),
      response: actionAnswers,
      detail: {
        summary: "Read the configuration file again and apply what a running gateway takes",
        description:
          "All or nothing: a file that is not valid changes nothing (409). Where a lane can't do its part, the 409 says what is in force already, which the next reload sets again. The answer lists every key that differs, and whether it counts now or after a restart.",
      },
    },
  );
}

function doneOf({ result, changes, problems, warnings, file, sha256, dryRun }: ReloadReport): Done {
  if (result === "refused") {
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
    throw new ApiFailure(409, "refused", `${problems[0]}${more}`, file);
  }
  return { result, code: "", reason: "", more: { file, sha256, dryRun, changes, warnings } };
}
