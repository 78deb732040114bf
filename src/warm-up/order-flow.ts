// Order flow of the warm-up: every outcome of the core and of the translation.

import { ENOSPC } from "../../ffi/errno.ts";
import type { Values } from "../counterparty/client.ts";
import { ERRNO_WORD, PREPARED_WORD, SEGMENT_WORD } from "../journal/layout.ts";
import {
  CANCEL_ACCOUNT_AT,
  CANCEL_ALL,
  CANCEL_BEFORE_AT,
  CANCEL_VENUE_AT,
  CAUSE_OPERATOR,
  CONTROL_CANCEL_ORDERS,
  CONTROL_KILL,
} from "../record/control-codes.ts";
import type { Counterparties } from "./counterparties.ts";

/** Orders of one turn. */
const BURSTS = [1, 1, 2, 1, 3, 5, 1, 8, 2, 16, 1, 40, 120];
const PRICES = ["150.25", "149.5", "151", "150.125", "150.01", "148.75", "150"];

/** New orders that the core refuses, each for a different reason. */
const REFUSED: readonly Values[] = [
  { 1: "NOPE" },
  { 1: "SHUT" },
  { 55: "NOPE" },
  { 55: "SHUT", 44: "10" },
  { 55: "GONE", 44: "10" },
  { 54: "3" },
  { 40: "3", 99: "150" },
  { 59: "7" },
  { 38: 0 },
  { 44: 0 },
  { 44: "-1" },
  { 38: 20_000 },
  { 44: "200" },
  { 44: "100" },
  { 38: 9_000 },
  { 40: 1, 44: null, 38: 9_000 },
  { 55: "DEAR", 38: 10_000, 44: "90000000" },
];

/** Faulty orders, each with a different fault. */
const FAULTY: readonly Values[] = [
  { 11: null },
  { 11: "X".repeat(65) },
  { 55: null },
  { 55: "X".repeat(65) },
  { 1: "X".repeat(65) },
  { 54: null },
  { 54: "Z" },
  { 38: null },
  { 38: "1x" },
  { 38: "1.5" },
  { 40: null },
  { 40: "Z" },
  { 44: null },
  { 44: "1x" },
  { 44: "1.123456789" },
  { 59: "AB" },
  { 60: null },
];

const TERMS =
  "15=USD|18=G|48=US0378331005|22=4|58=desk 7|63=0|77=O|100=XNAS|110=10|111=10|114=N|126=20301231-23:59:59|528=A|582=1|";
const PARTIES = "453=2|448=DESK|447=D|452=13|802=1|523=TRADER|803=2|448=FIRM|452=4|";
const ALLOCS = "78=2|79=FUND|80=60|79=REST|80=40|";
const GROUPED_ORDERS = 8;

/** Open orders that an operator cancels at once: they and those of other cases fit into the table. */
const OPEN_ORDERS = 160;
const OPERATOR_CANCELS = 5;
/** In the place of a session's and a venue's id. */
const ANY = -1;

/** Turns that a request needs at most to reach the core from another lane. */
const TURNS_WITHOUT_ROOM = 5;

/** The usual flow: orders that are filled at once or in parts. Returns the count of orders. */
export function tradeOrders(peers: Counterparties, orders: number): number {
  let sent = 0;
  for (let i = 0; sent < orders; i++) {
    const client = i % 3 === 0 ? peers.client2 : peers.client1;
    const burst = BURSTS[i % BURSTS.length]!;
    for (let j = 0; j < burst; j++, sent++) {
      const quantity = sent % 29 === 0 ? 101 : sent % 31 === 0 ? 102 : 100;
      client.plainOrder(quantity, sent % 2 === 0 ? 1 : 2, PRICES[sent % PRICES.length]!);
    }
    peers.turn();
    if (i % 4 === 0) peers.turn();
  }
  peers.runUntilIdle();
  return orders;
}

/** Every answer that the venue gives to an order. */
export function venueAnswers(peers: Counterparties): void {
  const { client1 } = peers;
  for (let quantity = 201; quantity <= 215; quantity++) {
    client1.order({ 38: quantity });
    peers.turn();
  }
  client1.order({ 40: 1, 44: null, 54: 2 });
  client1.order({ 59: 3, 54: 5 });
  client1.order({ 59: 4 });
  client1.order({ 59: 1, 1: null });
  peers.client2.order({ 1: null });
  client1.order({ 59: null, 97: "N" });
  peers.runUntilIdle();
}

export function riskRefusals(peers: Counterparties): void {
  const { client1, client2 } = peers;
  for (const fields of REFUSED) {
    client1.order(fields);
    peers.turn();
  }
  client2.order({ 1: "SLOW" });
  for (let i = 0; i < 3; i++) client1.order({ 1: "SLOW" });
  for (let i = 0; i < 2; i++) client1.order({ 1: "FEW", 38: 201 });
  const id = client1.order();
  client1.order({ 11: id });
  client1.order({ 11: id, 97: "Y" });
  peers.runUntilIdle();
}

export function faultyMessages(peers: Counterparties): void {
  const { client1 } = peers;
  for (const fields of FAULTY) client1.order(fields);
  client1.send("D", "11=R1|11=R2|1=MAIN|55=AAPL|");
  client1.send("F", "11=F1|55=AAPL|54=1|60=20260101-00:00:00|");
  client1.send("F", `41=F0|11=F2|37=${"X".repeat(65)}|55=AAPL|54=1|`);
  client1.send("F", "41=F0|11=F3|55=AAPL|54=1|60=20260101-00:00:00|38=x|");
  client1.send("H", "11=F4|55=AAPL|");
  client1.send("B", "148=news|");
  client1.send("AE", "571=1|");
  peers.runUntilIdle();
}

/** Orders and reports with fields beside their records, and some that the venue does not have. */
export function fieldsBeside(peers: Counterparties): void {
  const { client1, client2 } = peers;
  for (let i = 0; i < GROUPED_ORDERS; i++) {
    client1.order({ 38: 222 }, i % 2 === 0 ? TERMS : "58=desk|");
    if (i % 4 === 0) client1.order({ 38: 223, 21: null }, TERMS);
    peers.turn();
  }
  const open = client1.order({ 38: 201, 60: "20301231-00:00:00.004005006" }, TERMS);
  peers.runUntilIdle();
  client1.replace(open, { 38: 301 }, TERMS);
  peers.runUntilIdle();
  client2.order({ 38: 222 }, `${TERMS}5001=x|`);
  client2.order({}, "1093=1|");
  client1.order({ 40: 1 });
  peers.runUntilIdle();
}

/** Orders and reports with repeating groups, valid and faulty. */
export function repeatingGroups(peers: Counterparties): void {
  const { client1 } = peers;
  for (let i = 0; i < GROUPED_ORDERS; i++) {
    client1.order({ 38: 221 }, PARTIES + (i % 2 === 0 ? ALLOCS : ""));
    peers.turn();
  }
  client1.order({ 38: 221 }, "453=2|448=A|");
  peers.runUntilIdle();
}

/** Cancels, replaces and status requests with every outcome. */
export function cancelsAndReplaces(peers: Counterparties): void {
  const { client1 } = peers;
  const ids: Record<number, string> = {};
  for (const quantity of [201, 202, 207, 209, 210, 214, 215]) ids[quantity] = client1.order({ 38: quantity });
  peers.runUntilIdle();
  for (const quantity of [302, 303, 304, 301]) {
    ids[301] = client1.replace(ids[301] ?? ids[201]!, { 38: quantity, 44: "150.5" });
    peers.runUntilIdle();
    if (quantity === 303 || quantity === 304) ids[301] = "";
    ids[301] ||= ids[201]!;
  }
  for (const change of [
    { 54: 2 },
    { 40: 1 },
    { 59: 1 },
    { 55: "GONE" },
    { 1: "SLOW" },
    { 38: 20_000 },
    { 44: "1" },
  ] as Values[])
    client1.replace(ids[209]!, change);
  client1.replace("NONE", { 38: 301 });
  client1.replace(ids[210]!, { 38: 301 });
  client1.cancel("NONE");
  client1.cancel(ids[210]!);
  client1.status(ids[201]!);
  client1.status("NONE");
  peers.runUntilIdle();
  const done = client1.order();
  peers.runUntilIdle();
  client1.cancel(done);
  const half = client1.order({ 38: 208 });
  peers.runUntilIdle();
  client1.replace(half, { 38: 5 });
  client1.replace(half, { 38: 305 });
  client1.replace(half, { 38: 306 });
  client1.cancel(half, { 97: "Y", 11: half });
  client1.cancel(ids[201]!, { 11: half });
  for (const quantity of [201, 202, 207, 209, 214]) client1.cancel(ids[quantity]!, { 38: quantity });
  peers.runUntilIdle();
}

/** The kill switch and a full disk. */
export function killSwitchAndFullDisk(peers: Counterparties): void {
  const { client1, gateway } = peers;
  const open = client1.order({ 38: 201 });
  peers.runUntilIdle();
  gateway.command({ kind: CONTROL_KILL, value: 1 });
  peers.turn();
  client1.order();
  client1.replace(open, { 38: 301 });
  peers.runUntilIdle();
  gateway.command({ kind: CONTROL_KILL, value: 0 });
  peers.turn();
  client1.order();
  client1.replace(open, { 38: 301 });
  client1.cancel(open);
  const { ints } = gateway.views;
  const core = gateway.streamWords.core!;
  const prepared = ints[core + PREPARED_WORD]!;
  for (let i = 0; i < TURNS_WITHOUT_ROOM; i++) {
    // The keeper may prepare the segment in each of its turns, so each turn sets the words again.
    ints[core + PREPARED_WORD] = ints[core + SEGMENT_WORD]!;
    ints[core + ERRNO_WORD] = ENOSPC;
    peers.turn();
  }
  ints[core + PREPARED_WORD] = Math.max(prepared, ints[core + PREPARED_WORD]!);
  ints[core + ERRNO_WORD] = 0;
  peers.runUntilIdle();
}

/** An operator cancels all open orders, as a kill switch does: many cancels in each turn, and many answers. */
export function operatorCancels(peers: Counterparties): void {
  const { client1, gateway } = peers;
  const text = new Uint8Array(CANCEL_ACCOUNT_AT);
  const view = new DataView(text.buffer);
  text[0] = CAUSE_OPERATOR;
  text[1] = CANCEL_ALL;
  view.setFloat64(CANCEL_BEFORE_AT, Number.POSITIVE_INFINITY, true);
  view.setInt32(CANCEL_VENUE_AT, ANY, true);
  for (let i = 0; i < OPERATOR_CANCELS; i++) {
    for (let sent = 0; sent < OPEN_ORDERS; sent++) client1.plainOrder(201, 1, "150.25");
    peers.runUntilIdle();
    gateway.command({ kind: CONTROL_CANCEL_ORDERS, amount: ANY, text });
    peers.runUntilIdle();
  }
}
