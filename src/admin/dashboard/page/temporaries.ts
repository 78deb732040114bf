import type { TemporaryView } from "../../../operation/setting.ts";
import { clock, words } from "./format.ts";
import { Table } from "./table.ts";

/** All values that end, with who has set them and why, the first to end first. */
export function temporaryTable(): Table<TemporaryView> {
  return new Table<TemporaryView>({
    caption: "Temporary limits",
    key: ({ subject, of, name }) => `${subject} ${of} ${name}`,
    empty: "None has an end.",
    columns: [
      { title: "Of", text: ({ subject, of }) => (subject === "firm" ? of : `${subject} ${of}`) },
      { title: "Setting", text: ({ name }) => name },
      { title: "Value", kind: "number", text: ({ value }) => words(value) },
      { title: "Until", kind: "time", text: ({ until }) => (until === null ? "–" : clock(until, 0)) },
      { title: "Then", kind: "number", text: ({ afterwards }) => words(afterwards) },
      { title: "Set by", text: ({ by }) => by ?? "–" },
      { title: "At", kind: "time", text: ({ at }) => (at === null ? "–" : clock(at, 0)) },
      { title: "Reason", kind: "wide", text: ({ why }) => why ?? "–" },
    ],
  });
}
