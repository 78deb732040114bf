import { Elysia } from "elysia";
import type { ActionAnswer, ConfirmationView } from "./actions.ts";

/** The paths of one resource. The executable may not make code from text, so nothing is compiled ahead (aot) or reshaped (normalize). */
export function resource(tag: string) {
  return new Elysia({ name: tag, aot: false, normalize: false, detail: { tags: [tag] } });
}

/** The answer to an action, with 202 while a second person has to confirm it. */
export function actionResponse(
  set: { status?: number | string },
  answer: ActionAnswer | ConfirmationView,
): ActionAnswer | ConfirmationView {
  if ("confirmation" in answer) set.status = 202;
  return answer;
}
