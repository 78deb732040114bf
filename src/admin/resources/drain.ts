import { t } from "elysia";
import type { ActionKind } from "../actions.ts";
import type { AdminContext } from "../context.ts";
import { actionResponse, resource } from "../resource.ts";
import { actionAnswers, why } from "../schema.ts";

const DRAIN: ActionKind = { name: "system.drain", role: "operate" };
const CALL_OFF: ActionKind = { name: "system.drain-off", role: "operate" };
const LONGEST_S = 86_400;

/** Ends the gateway without leaving orders behind. */
export function drainResource({ operations: { drain }, actions, access }: AdminContext) {
  return resource("System")
    .post(
      "/v1/system/drain",
      async ({ body: { why, ...request }, request: asked, set }) => {
        const change = { target: "", why, old: drain.view(), new: request };
        const principal = access.of(asked);
        const begin = () => drain.begin(request, { by: principal.name, why });
        return actionResponse(set, await actions.perform(principal, DRAIN, change, begin));
      },
      {
        body: t.Object({
          deadlineS: t.Integer({ description: "Open orders may end until then.", minimum: 0, maximum: LONGEST_S }),
          cancel: t.Boolean({ description: "At the deadline, cancel what is open; else it stays open at its venues." }),
          why,
        }),
        response: actionAnswers,
        detail: { summary: "Refuse new orders, let open ones end, log out, stop; GET /v1/system shows how far it is" },
      },
    )
    .delete(
      "/v1/system/drain",
      async ({ body: { why }, request, set }) => {
        const change = { target: "", why, old: drain.view(), new: null };
        const principal = access.of(request);
        const callOff = () => drain.callOff({ by: principal.name, why });
        return actionResponse(set, await actions.perform(principal, CALL_OFF, change, callOff));
      },
      {
        body: t.Object({ why }),
        response: actionAnswers,
        detail: { summary: "Call a drain off: new orders are taken again" },
      },
    );
}
