import type { LivePeer, LiveView } from "../../../operation/live.ts";
import { part } from "./api.ts";
import { copyTable } from "./copies.ts";
import { ask, type Input, type Values } from "./dialog.ts";
import { make, type State, setText } from "./dom.ts";
import { age, bytes, count } from "./format.ts";
import { action, disconnect, endActions, linkState, numbersAction, posted } from "./links.ts";
import { panel } from "./overview.ts";
import { type Column, type RowAction, Table } from "./table.ts";
import type { Page, View } from "./view.ts";

type Kind = "sessions" | "venues";

/** Client sessions, venues and drop copy sessions at a glance, and what an operator does to them. */
export function peersView(page: Page): View {
  const sessions = peerTable(page, "sessions", "Client sessions", "Open orders");
  const venues = peerTable(page, "venues", "Venues", "Unanswered");
  const copies = copyTable(page);
  const leftOut = make("p", { class: "note" });
  const heading = make("h1", {}, "Sessions and venues");
  const panels = [sessions, venues, copies].map((table) => panel(table.element));
  const element = make("div", { class: "stack" }, heading, ...panels, leftOut);

  function live(view: LiveView): void {
    sessions.show(view.sessions);
    venues.show(view.venues);
    copies.show(view.dropCopies);
    const more = view.leftOut;
    setText(leftOut, more === 0 ? "" : `${count(more)} more are not shown here; sallyport ctl lists all.`);
  }
  return { element, live };
}

function peerTable(page: Page, kind: Kind, caption: string, orders: string): Table<LivePeer> {
  const columns: Column<LivePeer>[] = [
    { title: "Name", text: ({ name }) => name },
    { title: "Connection", text: ({ link }) => link, state: linkState, note: disconnect },
    { title: "State", text: ({ state }) => state, state: allowedState },
    { title: "Next in", kind: "number", text: ({ nextIn }) => count(nextIn) },
    { title: "Next out", kind: "number", text: ({ nextOut }) => count(nextOut) },
    { title: "In/s", kind: "number", text: ({ inPerSecond }) => count(inPerSecond) },
    { title: "Out/s", kind: "number", text: ({ outPerSecond }) => count(outPerSecond) },
    { title: "Rejects", kind: "number", text: ({ rejects }) => count(rejects) },
    { title: orders, kind: "number", text: (peer) => count(peer.orders) },
    { title: "Backlog", kind: "number", text: ({ backlogBytes }) => bytes(backlogBytes) },
    { title: "Last message", kind: "time", text: (peer) => lastMessage(peer, page) },
  ];
  const key = ({ name }: LivePeer) => name;
  const actions = (peer: LivePeer) => peerActions(page, kind, peer);
  return new Table({ caption, columns, key, actions, empty: `The configuration has no ${kind}.` });
}

function allowedState({ state }: LivePeer): State {
  if (state === "on") return "good";
  return state === "off" ? "bad" : "warn";
}

/** By the gateway's clock, as the last document has it. */
function lastMessage({ lastInUs }: LivePeer, page: Page): string {
  if (lastInUs === null) return "never";
  const now = page.last()?.time;
  return `${age((now === undefined ? Date.now() : Date.parse(now)) - lastInUs / 1000)} ago`;
}

function peerActions(page: Page, kind: Kind, { name, link, state }: LivePeer): RowAction<LivePeer>[] {
  const of = { one: kind === "sessions" ? `session ${name}` : `venue ${name}`, path: `${kind}/${part(name)}` };
  const list = endActions<LivePeer>(page, of, link);
  if (kind === "venues" && link !== "logged on")
    list.push(action(page, of, "Connect", "Tries its addresses now instead of after the pause.", "connect"));
  return [...list, stateAction(of.one, state, posted(page, of, "state")), numbersAction(page, of)];
}

function stateAction(one: string, state: string, run: (values: Values) => Promise<unknown>): RowAction<LivePeer> {
  const label = state === "on" ? "Disable" : "Enable";
  const options = ["on", "cancel-only", "off"];
  const value = state === "on" ? "off" : "on";
  const hint = "on: everything; cancel-only: cancels pass, new orders and replaces are refused; off: no Logon either.";
  const inputs: Input[] = [{ name: "state", label: "State", options, value, hint }];
  const text = `It is ${state} now. The new state holds at once, and after a restart.`;
  const danger = state === "on";
  return {
    label,
    danger,
    more: true,
    run: () => ask({ title: `${label}: ${one}`, text, inputs, confirm: "Set the state", danger, run }),
  };
}
