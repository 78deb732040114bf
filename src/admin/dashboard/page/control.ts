import { KILL_KINDS, type KillView } from "../../../operation/kill-switch.ts";
import type { LiveView } from "../../../operation/live.ts";
import type { OverrideView } from "../../../operation/overrides.ts";
import type { UnmatchedView } from "../../../operation/unmatched.ts";
import { part } from "./api.ts";
import { ask } from "./dialog.ts";
import { button, make } from "./dom.ts";
import { clock, words } from "./format.ts";
import { overrideButton, overrideTable } from "./overrides.ts";
import { panel } from "./overview.ts";
import { Refreshing } from "./refreshing.ts";
import { Table } from "./table.ts";
import { unmatchedTable } from "./unmatched.ts";
import type { Page, View } from "./view.ts";

/** As GET actions has it. */
interface Action {
  readonly id: number;
  readonly at: string;
  readonly who: string;
  readonly from: string;
  readonly action: string;
  readonly target: string;
  readonly why: string;
  readonly old?: unknown;
  readonly new?: unknown;
  readonly confirmedBy?: string;
  readonly result?: string;
}

/** As GET confirmations has it. */
interface Confirmation {
  readonly confirmation: number;
  readonly action: string;
  readonly target: string;
  readonly why: string;
  readonly who: string;
  readonly old?: unknown;
  readonly new?: unknown;
  readonly expiresAt: string;
}

/** The kill switch, what waits for a second person, overrides of checks, and what operators did. */
export function controlView(page: Page): View {
  const kills = killTable(page);
  const engage = button("Engage the kill switch", () => askEngage(page), "danger");
  const pending = confirmationTable(page, () => void refreshing.read());
  const overrides = overrideTable(page, () => void refreshing.read());
  const override = overrideButton(page, () => void refreshing.read());
  const unmatched = unmatchedTable(page, () => void refreshing.read());
  const actions = actionTable();
  const note = button("Write a note", () => askNote(page, () => void refreshing.read()));
  const said = make("p", { class: "note", role: "status" });
  const text = "Engaged, it refuses new orders and replaces of its scope. Cancels pass, and open orders stay open.";
  const kill = panel(kills.element, make("p", { class: "note" }, text), engage);
  const heading = make("h1", {}, "Control");
  const element = make(
    "div",
    { class: "stack" },
    heading,
    kill,
    said,
    panel(pending.element),
    panel(unmatched.element),
    panel(overrides.element, override),
    panel(actions.element, note),
  );
  const refreshing = new Refreshing(async () => {
    const [done, waiting, granted, unknown] = await Promise.all([
      page.api.get<readonly Action[]>("actions"),
      page.api.get<readonly Confirmation[]>("confirmations"),
      page.api.get<{ readonly overrides: readonly OverrideView[] }>("overrides"),
      page.api.get<{ readonly unmatchedReports: readonly UnmatchedView[] }>("unmatched-reports"),
    ]);
    actions.show(done);
    pending.show(waiting);
    overrides.show(granted.overrides);
    unmatched.show(unknown.unmatchedReports);
  }, said);
  return {
    element,
    open: refreshing.open,
    leave: refreshing.leave,
    live: (view: LiveView) => {
      kills.show(view.killSwitch);
      refreshing.live();
    },
  };
}

function askNote(page: Page, done: () => void): void {
  ask({
    title: "Write a note",
    text: "The journal has it between the messages of that moment: a call with a venue, a decision.",
    confirm: "Write it",
    run: (values) => page.api.send("POST", "notes", values).then(({ body }) => body),
    done,
  });
}

function killTable(page: Page): Table<KillView> {
  return new Table<KillView>({
    caption: "Kill switch",
    key: ({ scope }) => scope,
    empty: "Nothing is known of it yet.",
    columns: [
      { title: "Scope", text: ({ scope }) => scope },
      {
        title: "State",
        text: ({ engaged, cancels }) => (engaged ? `engaged${openText(cancels)}` : "not engaged"),
        state: ({ engaged }) => (engaged ? "bad" : "good"),
      },
      { title: "By", text: ({ by }) => by ?? "–" },
      { title: "Since", kind: "time", text: ({ at }) => (at === null ? "–" : clock(at, 0)) },
      { title: "Reason", kind: "wide", text: ({ why }) => why ?? "–" },
    ],
    actions: ({ engaged, scope }) =>
      engaged ? [{ label: "Lift", danger: true, run: () => askLift(page, scope) }] : [],
  });
}

function openText(cancels: KillView["cancels"]): string {
  return cancels === null ? "" : `, cancels open orders: ${cancels.open} still open`;
}

function askEngage(page: Page): void {
  ask({
    title: "Engage the kill switch",
    text: "New orders and replaces of the scope are refused from the next message on. Cancels pass.",
    inputs: [
      { name: "kind", label: "Scope", options: KILL_KINDS, value: "firm" },
      { name: "name", label: "Name", hint: "Of the account, session, symbol or venue; empty for the firm." },
      { name: "cancelOpen", label: "Open orders", options: ["stay open", "are cancelled"], value: "stay open" },
    ],
    word: "ENGAGE",
    confirm: "Engage",
    danger: true,
    run: ({ kind, name, cancelOpen, why }) => {
      const scope = kind === "firm" ? "firm" : `${kind}:${name}`;
      return page.api
        .send("PUT", "kill-switch", { scope, engaged: true, cancelOpen: cancelOpen === "are cancelled", why })
        .then(({ body }) => body);
    },
  });
}

function askLift(page: Page, scope: string): void {
  ask({
    title: `Lift the kill switch of ${scope}`,
    text: "New orders and replaces pass again from the next message on.",
    word: "LIFT",
    confirm: "Lift",
    danger: true,
    run: ({ why }) => page.api.send("PUT", "kill-switch", { scope, engaged: false, why }).then(({ body }) => body),
  });
}

function confirmationTable(page: Page, done: () => void): Table<Confirmation> {
  return new Table<Confirmation>({
    caption: "Actions that wait for a second person",
    key: ({ confirmation }) => String(confirmation),
    empty: "None waits.",
    columns: [
      { title: "Action", text: ({ action }) => action },
      { title: "Target", text: ({ target }) => target },
      { title: "Asked by", text: ({ who }) => who },
      { title: "Before", text: (one) => words(one.old) },
      { title: "New", text: (one) => words(one.new) },
      { title: "Reason", kind: "wide", text: ({ why }) => why },
      { title: "Until", kind: "time", text: ({ expiresAt }) => clock(expiresAt, 0) },
    ],
    actions: () => [{ label: "Confirm", run: confirm }],
  });

  function confirm({ confirmation, action, target, who }: Confirmation): void {
    ask({
      title: `Confirm ${action} of ${target === "" ? "the gateway" : target}`,
      text: `${who} has asked for it. Another person has to confirm it.`,
      word: "CONFIRM",
      confirm: "Confirm",
      run: (values) =>
        page.api.send("POST", `confirmations/${part(String(confirmation))}`, values).then(({ body }) => body),
      done,
    });
  }
}

function actionTable(): Table<Action> {
  return new Table<Action>({
    caption: "What operators did",
    key: ({ id }) => String(id),
    empty: "Nothing since the start.",
    columns: [
      { title: "At", kind: "time", text: ({ at }) => clock(at, 0) },
      {
        title: "Who",
        text: ({ who, confirmedBy }) => (confirmedBy === undefined ? who : `${who}, confirmed by ${confirmedBy}`),
      },
      { title: "From", text: ({ from }) => from },
      { title: "Action", text: ({ action }) => action },
      { title: "Target", text: ({ target }) => (target === "" ? "gateway" : target) },
      { title: "Before", text: (one) => (one.old === undefined ? "–" : words(one.old)) },
      { title: "New", text: (one) => (one.new === undefined ? "–" : words(one.new)) },
      { title: "Reason", kind: "wide", text: ({ why }) => why },
      { title: "Result", text: ({ result }) => result ?? "under way" },
    ],
  });
}
