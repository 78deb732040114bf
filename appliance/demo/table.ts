import type { LatencyFigures } from "../../src/telemetry/latency-report.ts";
import { counted } from "../terminal/columns.ts";

/** One row of the live table. */
export interface Row {
  readonly seconds: number;
  readonly phase: string;
  readonly rate: number;
  readonly roundTrip: LatencyFigures;
  readonly toExchange: LatencyFigures;
  readonly open: number;
  readonly refused: number;
  readonly lost: number;
}

const WIDTHS = [5, 7, 9, 9, 8, 8, 10, 8, 7, 11, 6];

export const HEADINGS: readonly string[] = [
  `${"".padStart(21)}${"round trip, µs".padStart(25)}${"to exchange, µs".padStart(18)}`,
  cells("time", " phase", "orders/s", "p50", "p99", "p99.9", "p50", "p99", "open", "refused", "lost"),
];

export function rowText({ seconds, phase, rate, roundTrip, toExchange, open, refused, lost }: Row): string {
  const time = `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  const trip = [us(roundTrip.p50), us(roundTrip.p99), us(roundTrip.p999)];
  const way = [us(toExchange.p50), us(toExchange.p99)];
  return cells(time, phase, counted(rate), ...trip, ...way, counted(open), counted(refused), counted(lost));
}

function cells(...texts: string[]): string {
  return texts.map((text, i) => (i === 1 ? ` ${text.trim()}`.padEnd(WIDTHS[i]!) : text.padStart(WIDTHS[i]!))).join("");
}

/** In a column whose heading has the unit. */
function us(value: number): string {
  return value < 1000 ? value.toFixed(1) : counted(value);
}
