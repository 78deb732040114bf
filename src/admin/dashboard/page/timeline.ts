import type { JournalEntry, Timeline, TimelineRequest } from "../../../operation/journal.ts";
import { part } from "./api.ts";
import { button, make, setText } from "./dom.ts";
import { clock, microseconds } from "./format.ts";
import { panel } from "./overview.ts";
import { Table } from "./table.ts";
import type { Page } from "./view.ts";

type Entry = JournalEntry & { readonly sinceUs: number };

/** All that the journal has about one order. */
export class Timelines {
  readonly element: HTMLElement;
  private readonly title = make("h2", { tabindex: -1 });
  private readonly said = make("p", { class: "note", role: "status" });
  private readonly requests = requestTable();
  private readonly entries = entryTable();
  private readonly tables: HTMLElement;

  constructor(private readonly page: Page) {
    const close = button("Close", () => {
      this.element.hidden = true;
    });
    this.tables = make("div", { class: "stack" }, this.requests.element, this.entries.element);
    this.element = panel(this.title, this.said, this.tables, close);
    this.element.hidden = true;
  }

  async show(order: string): Promise<void> {
    this.element.hidden = false;
    setText(this.title, `Timeline of order ${order}`);
    setText(this.said, "Reading the journal …");
    this.tables.hidden = true;
    this.title.focus();
    try {
      const timeline = await this.page.api.get<Timeline>(`orders/${part(order)}/timeline`);
      this.requests.show(timeline.requests);
      this.entries.show(timeline.entries);
      this.tables.hidden = false;
      const more = timeline.cut ? "; there are more in the journal" : "";
      setText(this.said, `${timeline.entries.length} entries${more}`);
    } catch (error) {
      setText(this.said, (error as Error).message);
    }
  }
}

function requestTable(): Table<TimelineRequest> {
  const stage = (us: number | null): string => (us === null ? "–" : microseconds(us));
  return new Table<TimelineRequest>({
    caption: "Requests and their stages",
    key: ({ clOrdId, kind }) => `${kind} ${clOrdId}`,
    empty: "The journal has no request of it.",
    columns: [
      { title: "ClOrdID", text: ({ clOrdId }) => clOrdId },
      { title: "Request", text: ({ kind }) => kind },
      { title: "Received", kind: "time", text: ({ received }) => clock(received) },
      { title: "Decision", text: ({ decision }) => decision },
      { title: "Decide", kind: "number", text: ({ stages }) => stage(stages.decideUs) },
      { title: "Send", kind: "number", text: ({ stages }) => stage(stages.sendUs) },
      { title: "Venue", kind: "number", text: ({ stages }) => stage(stages.venueUs) },
      { title: "Answer", kind: "number", text: ({ stages }) => stage(stages.answerUs) },
      { title: "Together", kind: "number", text: ({ stages }) => stage(stages.totalUs) },
    ],
  });
}

function entryTable(): Table<Entry> {
  return new Table<Entry>({
    caption: "Entries of the journal",
    key: ({ stream, position }) => `${stream} ${position}`,
    empty: "The journal has no entry of it.",
    columns: [
      { title: "Time", kind: "time", text: ({ time }) => clock(time) },
      { title: "Since the first", kind: "number", text: ({ sinceUs }) => microseconds(sinceUs) },
      { title: "From or to", text: ({ direction, party, name }) => `${direction} ${party} ${name}` },
      { title: "Kind", text: ({ kind }) => kind },
      { title: "Content", kind: "wide", text: contentOf },
    ],
  });
}

function contentOf({ decision, fix, text, skipped }: Entry): string {
  return [decision, fix, text, skipped === undefined ? undefined : `not taken: ${skipped}`]
    .filter((one) => one !== undefined && one !== "")
    .join(" · ");
}
