// What happens to orders: everything that the core and the translators can say. Cold.

import { ENOSPC } from "../../ffi/errno.ts";
import type { Values } from "../counterparty/client.ts";
import { ERRNO_WORD, PREPARED_WORD, SEGMENT_WORD } from "../journal/layout.ts";
import { CONTROL_KILL } from "../record/control.ts";
import type { Counterparties } from "./counterparties.ts";

/** Messages of a turn: a lone one, a few, a burst. */
const BURSTS = [1, 1, 2, 1, 3, 5, 1, 8, 2, 16, 1, 40, 120];
const PRICES = ["150.25", "149.5", "151", "150.125", "150.01", "148.75", "150"];

/** New orders that the core refuses, each for a reason of its own. */
const REFUSED: readonly Values[] = [
  { 1: "NOPE" },
  { 1: "SHUT" },
  { 55: "NOPE" },
  { 55: "SHUT", 44: "10" },
  { 55: "GONE", 44: "10" },
  { 54: "3" },
  { 40: "3", 99: "150" },
  { 59: "6" },
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

/** Messages that are no orders, each for a fault of its own. */
const FAULTY: readonly Values[] = [
  { 11: null },
  { 11: "X".repeat(33) },
  { 55: null },
  { 55: "X".repeat(33) },
  { 1: "X".repeat(33) },
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

const PARTIES = "453=2|448=DESK|447=D|452=13|802=1|523=TRADER|803=2|448=FIRM|452=4|";
const ALLOCS = "78=2|79=FUND|80=60|79=REST|80=40|";
const GROUPED_ORDERS = 200;

/** Enough for a request to come from any lane to the core's. */
const TURNS_WITHOUT_ROOM = 5;

/** Day in, day out: orders that are filled, at once or in parts. Returns how many there were. */
export function bulk(scene: Counterparties, orders: number): number {
  let sent = 0;
  for (let i = 0; sent < orders; i++) {
    const trader = i % 3 === 0 ? scene.bert : scene.anna;
    const burst = BURSTS[i % BURSTS.length]!;
    for (let j = 0; j < burst; j++, sent++) {
      const quantity = sent % 29 === 0 ? 101 : sent % 31 === 0 ? 102 : 100;
      trader.plain(quantity, sent % 2 === 0 ? 1 : 2, PRICES[sent % PRICES.length]!);
    }
    scene.turn();
    if (i % 4 === 0) scene.turn();
  }
  scene.pinLane();
  return orders;
}

/** Every answer of the venue's. */
export function answers(scene: Counterparties): void {
  const { anna } = scene;
  for (let quantity = 201; quantity <= 215; quantity++) {
    anna.order({ 38: quantity });
    scene.turn();
  }
  anna.order({ 40: 1, 44: null, 54: 2 });
  anna.order({ 59: 3, 54: 5 });
  anna.order({ 59: 4 });
  anna.order({ 59: 1, 1: null });
  scene.bert.order({ 1: null });
  anna.order({ 59: null, 97: "N" });
  scene.pinLane();
}

export function refusals(scene: Counterparties): void {
  const { anna, bert } = scene;
  for (const fields of REFUSED) {
    anna.order(fields);
    scene.turn();
  }
  bert.order({ 1: "SLOW" });
  for (let i = 0; i < 3; i++) anna.order({ 1: "SLOW" });
  for (let i = 0; i < 2; i++) anna.order({ 1: "FEW", 38: 201 });
  const id = anna.order();
  anna.order({ 11: id });
  anna.order({ 11: id, 97: "Y" });
  scene.pinLane();
}

export function faults(scene: Counterparties): void {
  const { anna } = scene;
  for (const fields of FAULTY) anna.order(fields);
  anna.send("D", "11=R1|11=R2|1=MAIN|55=AAPL|");
  anna.send("F", "11=F1|55=AAPL|54=1|60=20260101-00:00:00|");
  anna.send("F", `41=F0|11=F2|37=${"X".repeat(33)}|55=AAPL|54=1|`);
  anna.send("F", "41=F0|11=F3|55=AAPL|54=1|60=20260101-00:00:00|38=x|");
  anna.send("H", "11=F4|55=AAPL|");
  anna.send("B", "148=news|");
  anna.send("AE", "571=1|");
  scene.pinLane();
}

/** Orders with repeating groups, some of them broken, and reports with theirs. */
export function groups(scene: Counterparties): void {
  const { anna } = scene;
  for (let i = 0; i < GROUPED_ORDERS; i++) {
    anna.order({ 38: 221 }, PARTIES + (i % 2 === 0 ? ALLOCS : ""));
    scene.turn();
  }
  anna.order({ 38: 221 }, "453=2|448=A|");
  anna.order({ 111: 10 });
  scene.pinLane();
}

/** Cancels, replaces and questions, of every outcome. */
export function changes(scene: Counterparties): void {
  const { anna } = scene;
  const ids: Record<number, string> = {};
  for (const quantity of [201, 202, 207, 209, 210, 214, 215]) ids[quantity] = anna.order({ 38: quantity });
  scene.pinLane();
  for (const quantity of [302, 303, 304, 301]) {
    ids[301] = anna.replace(ids[301] ?? ids[201]!, { 38: quantity, 44: "150.5" });
    scene.pinLane();
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
    anna.replace(ids[209]!, change);
  anna.replace("NONE", { 38: 301 });
  anna.replace(ids[210]!, { 38: 301 });
  anna.cancel("NONE");
  anna.cancel(ids[210]!);
  anna.status(ids[201]!);
  anna.status("NONE");
  scene.pinLane();
  const half = anna.order({ 38: 208 });
  scene.pinLane();
  anna.replace(half, { 38: 5 });
  anna.replace(half, { 38: 305 });
  anna.replace(half, { 38: 306 });
  anna.cancel(half, { 97: "Y", 11: half });
  anna.cancel(ids[201]!, { 11: half });
  for (const quantity of [201, 202, 207, 209, 214]) anna.cancel(ids[quantity]!, { 38: quantity });
  scene.pinLane();
}

/** The kill switch, and a disk without room. */
export function brakes(scene: Counterparties): void {
  const { anna, stage } = scene;
  const open = anna.order({ 38: 201 });
  scene.pinLane();
  stage.command(CONTROL_KILL, 1);
  scene.turn();
  anna.order();
  anna.replace(open, { 38: 301 });
  scene.pinLane();
  stage.command(CONTROL_KILL, 0);
  scene.turn();
  anna.order();
  anna.replace(open, { 38: 301 });
  anna.cancel(open);
  const { ints } = stage.views;
  const core = stage.streamWords.core!;
  const prepared = ints[core + PREPARED_WORD]!;
  for (let i = 0; i < TURNS_WITHOUT_ROOM; i++) {
    // The keeper may find room again in each of its turns.
    ints[core + PREPARED_WORD] = ints[core + SEGMENT_WORD]!;
    ints[core + ERRNO_WORD] = ENOSPC;
    scene.turn();
  }
  ints[core + PREPARED_WORD] = Math.max(prepared, ints[core + PREPARED_WORD]!);
  ints[core + ERRNO_WORD] = 0;
  scene.pinLane();
}

/** More open orders than the table holds; then they go. */
export function crowd(scene: Counterparties, orders: number): void {
  const { anna } = scene;
  const ids: string[] = [];
  for (let i = 0; i < orders; i++) {
    ids.push(anna.order({ 1: i % 2 === 0 ? "MAIN" : "MORE", 38: 201, 54: 1 + (i % 2) }));
    if (i % 20 === 0) scene.turn();
  }
  scene.pinLane();
  for (const [i, id] of ids.entries()) {
    anna.cancel(id, { 54: 1 + (i % 2) });
    if (i % 20 === 0) scene.turn();
  }
  scene.pinLane();
}
