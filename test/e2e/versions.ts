import { expect } from "bun:test";
import type { Message } from "../../src/counterparty/message.ts";
import type { PeerOrder } from "../../src/counterparty/venue.ts";
import { atLeast, type Event, type Progress, reportWords, type Version } from "../../src/counterparty/version.ts";
import type { Client } from "./client.ts";
import { Venue } from "./venue.ts";

/** As it can stand in names. */
export const nameOf = (version: Version): string => version.replace("FIX.", "").replaceAll(".", "");

/** A report says an event in the words of the client's version. */
export function expectSaid(client: Client, message: Message, event: Event, order: Progress): void {
  for (const [tag, value] of Object.entries(reportWords(client.version, event, order)))
    expect([`${event} ${tag}`, message.get(Number(tag))]).toEqual([`${event} ${tag}`, value]);
  expect(message.get(8)).toBe(client.beginString);
  expect(message.get(14)).toBe(String(order.filled));
  expect(message.get(52)).toHaveLength(atLeast(client.version, "FIX.4.2") ? 21 : 17);
  if (!atLeast(client.version, "FIX.4.2")) expect([message.get(31), message.get(32)]).not.toContain(undefined);
}

/** A venue that says only what the test tells it to. */
export class ScriptedVenue extends Venue {
  /** The next request of a type. */
  async request(type: "D" | "F" | "G"): Promise<Message> {
    return this.waitType(type);
  }

  async order(): Promise<PeerOrder> {
    return this.add(await this.request("D"));
  }

  protected override application(): void {}
}
