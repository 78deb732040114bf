import { monotonicNs } from "../../ffi/clock.ts";
import type { ExchangeAgent } from "../../src/exchange/agent.ts";
import type { Scanner } from "../../src/fix/wire/scan.ts";
import * as tag from "../../src/fix/wire/tags.ts";
import { APPLICATION } from "../../src/session/protocol.ts";

const REMEMBERED = 65_536;
const MASK = REMEMBERED - 1;
const DASH = 45;

/**
 * When the exchange read each new order. The gateway sends order number N with ClOrdID `…-N-…`, and a client sees N as
 * OrderID (37) of its reports.
 */
export class Arrivals {
  private readonly numbers = new Float64Array(REMEMBERED);
  private readonly atNs = new Float64Array(REMEMBERED);

  /** Stamps each new order that this exchange reads by `scan`, before the exchange works on it. */
  watch(exchange: ExchangeAgent, scan: Scanner): void {
    const application = exchange.application.bind(exchange);
    exchange.application = (link, verdict) => {
      if (verdict.kind === APPLICATION && scan.msgType === tag.NEW_ORDER_SINGLE) this.note(scan);
      application(link, verdict);
    };
  }

  /** Monotonic nanoseconds, or 0 when the exchange has not had that order. */
  at(number: number): number {
    return this.numbers[number & MASK] === number ? this.atNs[number & MASK]! : 0;
  }

  private note(scan: Scanner): void {
    const field = scan.find(tag.ClOrdID);
    if (field < 0) return;
    const { bytes } = scan;
    const to = scan.ends[field]!;
    let at = scan.starts[field]!;
    while (at < to && bytes[at] !== DASH) at++;
    let number = 0;
    for (at++; at < to && bytes[at] !== DASH; at++) number = number * 10 + bytes[at]! - 48;
    this.numbers[number & MASK] = number;
    this.atNs[number & MASK] = monotonicNs();
  }
}
