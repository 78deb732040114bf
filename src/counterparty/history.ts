import type { Body, Message } from "./message.ts";

export interface Sent {
  readonly type: string;
  readonly body: Body;
  /** SendingTime. */
  readonly time: string;
}

/** MsgTypes that are not sent again. The standard requires a resend of Reject (3). */
const ADMINISTRATIVE = "01245A";

export function isAdministrative(type: string): boolean {
  return ADMINISTRATIVE.includes(type);
}

/** Sent messages of a session by number, for resends. */
export class SentMessages {
  private readonly messages: Sent[] = [];

  constructor(private readonly keeps: boolean) {}

  add(sequence: number, type: string, body: Body, time: string): void {
    if (this.keeps) this.messages[sequence] = { type, body, time };
  }

  clear(): void {
    this.messages.length = 0;
  }

  /** Returns the message of a number, or undefined when there is none or it is not sent again. */
  get(sequence: number): Sent | undefined {
    const sent = this.messages[sequence];
    return sent === undefined || isAdministrative(sent.type) ? undefined : sent;
  }

  /** Calls `again` for each message from `begin` to `end`, and `gap` for each run of numbers without a message. */
  resend(
    begin: number,
    end: number,
    again: (sequence: number, sent: Sent) => void,
    gap: (from: number, next: number) => void,
  ): void {
    let gapFrom = 0;
    for (let sequence = begin; sequence <= end; sequence++) {
      const sent = this.get(sequence);
      if (sent === undefined) gapFrom ||= sequence;
      else {
        if (gapFrom > 0) gap(gapFrom, sequence);
        gapFrom = 0;
        again(sequence, sent);
      }
    }
    if (gapFrom > 0) gap(gapFrom, end + 1);
  }
}

/** Contents of received messages by number; "" when the number is not an application message. */
export class ReceivedMessages {
  private readonly contents: string[] = [];

  constructor(private readonly keeps: boolean) {}

  clear(): void {
    this.contents.length = 0;
  }

  add(message: Message): void {
    if (this.keeps) this.contents[message.sequence] = isAdministrative(message.type) ? "" : message.content;
  }

  /** Compares a repeated message with the first one. Returns the fault, or null. */
  compare(message: Message): string | null {
    const first = this.contents[message.sequence];
    if (first === undefined || isAdministrative(message.type) || first === message.content) return null;
    return `number ${message.sequence} was ${first.replaceAll("\x01", "|")}, and comes again as ${message}`;
  }

  /** Fills the numbers from `from` to `next` − 1. Returns the first that was an application message, or 0. */
  fill(from: number, next: number): number {
    let first = 0;
    for (let number = from; number < next && this.keeps; number++) {
      if ((this.contents[number] ?? "") !== "") first ||= number;
      this.contents[number] ??= "";
    }
    return first;
  }
}
