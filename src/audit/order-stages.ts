import { idText } from "../base/id.ts";
import { isoText } from "../base/time-text.ts";
import { agentKind } from "../config/agents.ts";
import { VenueId } from "../fix/orders/venue-id.ts";
import { ENTRY_MESSAGE, ENTRY_ORDER, ENTRY_RECEIVED } from "../journal/layout.ts";
import type { EntryView } from "../journal/store/reader.ts";
import type { RequestStages, Timeline, TimelineRequest } from "../operation/journal.ts";
import { REQUEST_CANCEL, REQUEST_NEW, REQUEST_REPLACE } from "../record/codes.ts";
import { EntryRecords } from "../recovery/entry-records.ts";
import { messageFields } from "./entry-text.ts";

const NONE_YET = -1;

type Stage = "sentUs" | "venueUs" | "answeredUs";

const KINDS: Readonly<Record<number, TimelineRequest["kind"]>> = {
  [REQUEST_NEW]: "new",
  [REQUEST_CANCEL]: "cancel",
  [REQUEST_REPLACE]: "replace",
};

/** A request and the times of its way; NONE_YET where it has not got so far. */
interface Passage {
  readonly clOrdId: string;
  readonly venueId: string;
  readonly kind: TimelineRequest["kind"];
  readonly decision: string;
  readonly receivedUs: number;
  readonly decidedUs: number;
  sentUs: number;
  venueUs: number;
  answeredUs: number;
}

/**
 * Finds the way of each request of an order in the entries that are about the order. Times are those of the lanes' turns, which read the
 * clock once: stages within one turn take 0 µs, and so do those that end in a turn that began earlier.
 */
export class OrderStages {
  private readonly records = new EntryRecords();
  private readonly ids: VenueId;
  private readonly passages: Passage[] = [];
  /** When messages of the client came, by epoch and number. */
  private readonly received = new Map<string, number>();
  /** Messages met before their request: a lane whose turn began before the core's writes the earlier time. */
  private readonly early = new Map<string, number>();
  private orderId = Number.POSITIVE_INFINITY;

  constructor(birth: number) {
    this.ids = new VenueId(birth);
  }

  take(stream: string, entry: EntryView, decision: string): void {
    const side = agentKind(stream);
    if (entry.kind === ENTRY_ORDER) this.request(entry, decision);
    else if (entry.kind === ENTRY_RECEIVED && side === "client") this.received.set(keyOf(entry), entry.timeUs);
    else if (entry.kind === ENTRY_RECEIVED && side === "venue") this.note("venueUs", "venueId", entry);
    else if (entry.kind === ENTRY_MESSAGE && side === "venue") this.note("sentUs", "venueId", entry);
    else if (entry.kind === ENTRY_MESSAGE && side === "client") this.note("answeredUs", "clOrdId", entry);
  }

  timeline(): Pick<Timeline, "orderId" | "requests"> {
    const orderId = Number.isFinite(this.orderId) ? String(this.orderId) : "";
    return { orderId, requests: this.passages.map(requestOf) };
  }

  private request(entry: EntryView, decision: string): void {
    const request = this.records.order(entry);
    const { bytes, number, slot } = request;
    if (number > 0) this.orderId = Math.min(this.orderId, number);
    // Records of earlier versions have no time of their own.
    const receivedUs = this.received.get(keyOf(entry)) ?? (request.receivedUs > 0 ? request.receivedUs : entry.timeUs);
    const clOrdId = idText(bytes, request.clOrdIdAt, request.clOrdIdLength);
    const venueId = number > 0 ? this.venueId(number, slot) : "";
    const early = (stage: Stage, id: string): number => {
      const timeUs = this.early.get(`${stage} ${id}`) ?? NONE_YET;
      return timeUs >= receivedUs ? timeUs : NONE_YET;
    };
    this.passages.push({
      clOrdId,
      venueId,
      kind: KINDS[request.kind] ?? "status",
      decision,
      receivedUs,
      decidedUs: entry.timeUs,
      sentUs: early("sentUs", venueId),
      venueUs: early("venueUs", venueId),
      answeredUs: early("answeredUs", clOrdId),
    });
  }

  /** The first message of a stage counts: later ones are of fills and the like. */
  private note(stage: Stage, name: "venueId" | "clOrdId", entry: EntryView): void {
    const id = messageFields(entry).get("11") ?? "";
    if (id === "") return;
    const passage = this.passages.findLast((one) => one[name] === id);
    if (passage?.[stage] === NONE_YET) passage[stage] = entry.timeUs;
    else this.early.set(`${stage} ${id}`, entry.timeUs);
  }

  private venueId(number: number, slot: number): string {
    const bytes = new Uint8Array(64);
    return new TextDecoder("latin1").decode(bytes.subarray(0, this.ids.put(bytes, 0, number, slot)));
  }
}

function requestOf(passage: Passage): TimelineRequest {
  const { clOrdId, kind, decision, receivedUs } = passage;
  return { clOrdId, kind, received: isoText(receivedUs), decision, stages: stagesOf(passage) };
}

function stagesOf({ receivedUs, decidedUs, sentUs, venueUs, answeredUs }: Passage): RequestStages {
  return {
    decideUs: between(receivedUs, decidedUs),
    sendUs: between(decidedUs, sentUs),
    venueUs: between(sentUs, venueUs),
    answerUs: between(venueUs === NONE_YET ? decidedUs : venueUs, answeredUs),
    totalUs: between(receivedUs, answeredUs),
  };
}

function between(fromUs: number, toUs: number): number | null {
  return fromUs === NONE_YET || toUs === NONE_YET ? null : Math.max(toUs - fromUs, 0);
}

function keyOf({ epoch, sequence }: EntryView): string {
  return `${epoch} ${sequence}`;
}

/** One line about a request's stages, for instance `new A17: decide 2 µs, send 0 µs, venue 310 µs, answer 0 µs, total 312 µs`. */
export function stagesLine({ kind, clOrdId, decision, stages }: TimelineRequest): string {
  const named = [
    ["decide", stages.decideUs],
    ["send", stages.sendUs],
    ["venue", stages.venueUs],
    ["answer", stages.answerUs],
    ["total", stages.totalUs],
  ] as const;
  const parts = named.flatMap(([name, us]) => (us === null ? [] : [`${name} ${us} µs`]));
  const what = decision === "" || decision.startsWith("accepted") ? "" : ` (${decision})`;
  return `${kind} ${printable(clOrdId)}${what}: ${parts.length === 0 ? "no stage is complete" : parts.join(", ")}`;
}

function printable(id: string): string {
  return id.replace(/[^\x20-\x7e]/g, "?");
}
