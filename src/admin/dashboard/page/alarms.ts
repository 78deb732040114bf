import { type AlarmView, SEVERITIES, type SilenceView } from "../../../operation/alarms.ts";
import { part } from "./api.ts";
import { ask } from "./dialog.ts";
import { button, make, type State } from "./dom.ts";
import { clock } from "./format.ts";
import { panel } from "./overview.ts";
import { Refreshing } from "./refreshing.ts";
import { Table } from "./table.ts";
import type { Page, View } from "./view.ts";

/** Alarms with their acknowledgement, and silences. */
export function alarmsView(page: Page): View {
  const said = make("p", { class: "note", role: "status" });
  const alarms = alarmTable(page, () => void refreshing.read());
  const silences = silenceTable(page, () => void refreshing.read());
  const test = button("Send a test alarm", () =>
    ask({
      title: "Send a test alarm",
      text: "Sends an alarm of severity info to every receiver, and resolves it some seconds later.",
      confirm: "Send it",
      run: (values) => page.api.send("POST", "alarms/test", values).then(({ body }) => body),
      done: () => void refreshing.read(),
    }),
  );
  const silence = button("Silence", () => askSilence(page, () => void refreshing.read()));
  const tools = make("div", { class: "actions" }, test, silence);
  const heading = make("h1", {}, "Alarms");
  const element = make("div", { class: "stack" }, heading, tools, said, panel(alarms.element), panel(silences.element));
  const refreshing = new Refreshing(async () => {
    const [all, quiet] = await Promise.all([
      page.api.get<readonly AlarmView[]>("alarms?state=all"),
      page.api.get<readonly SilenceView[]>("silences"),
    ]);
    alarms.show(all);
    silences.show(quiet);
  }, said);
  const { open, leave, live } = refreshing;
  return { element, open, leave, live };
}

function alarmTable(page: Page, done: () => void): Table<AlarmView> {
  return new Table<AlarmView>({
    caption: "Alarms",
    key: ({ id }) => id,
    empty: "There has been no alarm.",
    columns: [
      { title: "Alarm", text: ({ rule }) => rule },
      { title: "About", text: ({ subject }) => subject },
      { title: "Severity", text: ({ severity }) => severity, state: severityState },
      { title: "State", text: stateText, state: alarmState },
      { title: "Text", kind: "wide", text: ({ text, remedy }) => (remedy === "" ? text : `${text}. ${remedy}`) },
      { title: "Since", kind: "time", text: ({ since }) => clock(since, 0) },
    ],
    actions: ({ state }) => (state === "firing" ? [{ label: "Acknowledge", run: acknowledge }] : []),
  });

  function acknowledge({ id, rule, subject, text }: AlarmView): void {
    ask({
      title: `Acknowledge ${rule}: ${subject}`,
      text,
      confirm: "Acknowledge",
      run: (values) => page.api.send("POST", `alarms/${part(id)}/acknowledge`, values).then(({ body }) => body),
      done,
    });
  }
}

function silenceTable(page: Page, done: () => void): Table<SilenceView> {
  return new Table<SilenceView>({
    caption: "Silences",
    key: ({ id }) => id,
    empty: "Every alarm is sent.",
    columns: [
      { title: "Alarm", text: ({ rule }) => rule },
      { title: "About", text: ({ subject }) => subject },
      { title: "Until", kind: "time", text: ({ until }) => clock(until, 0) },
      { title: "By", text: ({ by }) => by },
      { title: "Reason", kind: "wide", text: ({ why }) => why },
    ],
    actions: () => [{ label: "End", run: end }],
  });

  function end({ id, rule, subject }: SilenceView): void {
    ask({
      title: `End the silence of ${rule} about ${subject}`,
      text: "Alarms that match are sent again.",
      confirm: "End it",
      run: (values) => page.api.send("DELETE", `silences/${part(id)}`, values).then(({ body }) => body),
      done,
    });
  }
}

function askSilence(page: Page, done: () => void): void {
  ask({
    title: "Silence alarms",
    text: "Alarms that match are listed, but not sent, until then.",
    inputs: [
      { name: "rule", label: "Alarm", value: "*", hint: "Its name; * stands for any text.", required: true },
      { name: "subject", label: "About", value: "*", hint: "Such as: venue SIM", required: true },
      { name: "minutes", label: "Minutes", value: "60", required: true },
    ],
    confirm: "Silence",
    run: ({ rule, subject, minutes, why }) => {
      const silence = { rule, subject, minutes: Number(minutes), why };
      return page.api.send("POST", "silences", silence).then(({ body }) => body);
    },
    done,
  });
}

function severityState({ severity }: AlarmView): State {
  const rank = SEVERITIES.indexOf(severity);
  if (rank === 0) return "off";
  return rank === 1 ? "warn" : "bad";
}

function stateText({ state, acknowledgedBy, silencedBy }: AlarmView): string {
  const by = acknowledgedBy === null ? "" : ` by ${acknowledgedBy}`;
  return `${state}${by}${silencedBy === null ? "" : ", silenced"}`;
}

function alarmState({ state }: AlarmView): State {
  if (state === "firing") return "bad";
  return state === "acknowledged" ? "warn" : "off";
}
