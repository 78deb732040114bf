import { type ActionRecord, actionCommands } from "../../control/action-record.ts";
import type { Commands } from "../../control/commands.ts";

/** Puts records of operators' actions into the core's journal. Returns a function that resolves with "", or with why a record is not there. */
export function actionJournal(commands: Commands): (record: ActionRecord) => Promise<string> {
  return async (record) => {
    const outcomes = await Promise.all(actionCommands(record).map((command) => commands.send(command)));
    return outcomes.find(({ applied }) => !applied)?.reason ?? "";
  };
}
