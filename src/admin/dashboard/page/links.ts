// What rows of client sessions, venues and drop copy sessions have in common.

import type { LivePeer } from "../../../operation/live.ts";
import { ask, type Input, type Values } from "./dialog.ts";
import type { State } from "./dom.ts";
import type { RowAction } from "./table.ts";
import type { Page } from "./view.ts";

export function linkState({ link }: Pick<LivePeer, "link">): State {
  if (link === "logged on") return "good";
  return link === "closed" ? "off" : "warn";
}

/** Why it is not there. */
export function disconnect({ link, lastDisconnect }: Pick<LivePeer, "link" | "lastDisconnect">): string {
  return link === "logged on" ? "" : lastDisconnect;
}

/** What an action is about, and where the API has it. */
export interface Target {
  readonly one: string;
  readonly path: string;
}

export function posted(page: Page, { path }: Target, what: string): (values: Values) => Promise<unknown> {
  return (values) => page.api.send("POST", `${path}/${what}`, values).then(({ body }) => body);
}

export function action<Row>(
  page: Page,
  of: Target,
  label: string,
  text: string,
  what: string,
  seldom = false,
): RowAction<Row> {
  const run = posted(page, of, what);
  return {
    label,
    danger: seldom,
    more: seldom,
    run: () => ask({ title: `${label}: ${of.one}`, text, confirm: label, danger: seldom, run }),
  };
}

/** What ends a connection. */
export function endActions<Row>(page: Page, of: Target, link: LivePeer["link"]): RowAction<Row>[] {
  const list: RowAction<Row>[] = [];
  if (link === "logged on")
    list.push(action(page, of, "Log out", "Sends a Logout and waits for its answer; open orders stay.", "logout"));
  if (link !== "disconnected" && link !== "closed")
    list.push(
      action(page, of, "Kick", "Ends the connection at once, without a Logout; open orders stay.", "kick", true),
    );
  return list;
}

export function numbersAction<Row>(page: Page, of: Target): RowAction<Row> {
  const { one } = of;
  const post = posted(page, of, "numbers");
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
