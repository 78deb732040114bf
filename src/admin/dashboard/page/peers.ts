import type { LivePeer, LiveView } from "../../../operation/live.ts";
import { part } from "./api.ts";
import { ask, type Input, type Values } from "./dialog.ts";
import { make, type State, setText } from "./dom.ts";
import { age, bytes, count } from "./format.ts";
import { panel } from "./overview.ts";
import { type Column, type RowAction, Table } from "./table.ts";
import type { Page, View } from "./view.ts";

type Kind = "sessions" | "venues";

/** Client sessions and venues at a glance, and what an operator does to them. */
export function peersView(page: Page): View {
  const sessions = peerTable(page, "sessions", "Client sessions", "Open orders");
  const venues = peerTable(page, "venues", "Venues", "Unanswered");
  const leftOut = make("p", { class: "note" });
  const heading = make("h1", {}, "Sessions and venues");
  const element = make("div", { class: "stack" }, heading, panel(sessions.element), panel(venues.element), leftOut);

  function live(view: LiveView): void {
    sessions.show(view.sessions);
    venues.show(view.venues);
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

function linkState({ link }: LivePeer): State {
  if (link === "logged on") return "good";
  return link === "closed" ? "off" : "warn";
}

/** Why it is not there. */
function disconnect({ link, lastDisconnect }: LivePeer): string {
  return link === "logged on" ? "" : lastDisconnect;
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
  const one = kind === "sessions" ? `session ${name}` : `venue ${name}`;
  const post = (path: string) => (values: Values) =>
    page.api.send("POST", `${kind}/${part(name)}/${path}`, values).then(({ body }) => body);
  const action = (label: string, text: string, path: string, seldom = false): RowAction<LivePeer> => ({
    label,
    danger: seldom,
    more: seldom,
    run: () => ask({ title: `${label}: ${one}`, text, confirm: label, danger: seldom, run: post(path) }),
  });
  const list: RowAction<LivePeer>[] = [];
  if (link === "logged on")
    list.push(action("Log out", "Sends a Logout and waits for its answer; open orders stay.", "logout"));
  if (link !== "disconnected" && link !== "closed")
    list.push(action("Kick", "Ends the connection at once, without a Logout; open orders stay.", "kick", true));
  if (kind === "venues" && link !== "logged on")
    list.push(action("Connect", "Tries its addresses now instead of after the pause.", "connect"));
  return [...list, stateAction(one, state, post("state")), numbersAction(one, post("numbers"))];
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

function numbersAction(one: string, post: (values: Values) => Promise<unknown>): RowAction<LivePeer> {
  const inputs: Input[] = [
    { name: "nextIn", label: "Next number in", hint: "Empty: stays as it is." },
    { name: "nextOut", label: "Next number out", hint: "Empty: stays as it is." },
  ];
  const run = ({ why, nextIn, nextOut }: Values): Promise<unknown> => {
    const numbers = Object.entries({ nextIn, nextOut }).filter(([, text]) => text !== "" && text !== undefined);
    return post({ why: why!, ...Object.fromEntries(numbers.map(([name, text]) => [name, Number(text)])) } as never);
  };
  const text = "Sets MsgSeqNum of the next message in a direction. Agree with the counterparty first.";
  return {
    label: "Numbers",
    more: true,
    run: () => ask({ title: `Numbers: ${one}`, text, inputs, confirm: "Set the numbers", danger: true, run }),
  };
}
