import type { Field, Message } from "../../src/counterparty/message.ts";

// Fields beside the records that follow from what names their message, so that who gets it knows what they must be.

/** Fields of an order or a replace, by its price; the text has a byte that is no ASCII. */
export function orderFields(priceE8: number): Field[] {
  return [
    [18, priceE8 % 2 === 0 ? "G" : "6 1"],
    [111, 1 + (priceE8 % 97)],
    [58, `note ${priceE8}|\xe9`],
  ];
}

/** Fields of an execution, by the venue's ExecID. */
export function reportFields(execId: string): Field[] {
  const number = Number(/\d+$/.exec(execId)![0]);
  return [
    [30, "XNAS"],
    [75, "20260302"],
    [198, `S${number}`],
    [851, 1 + (number % 3)],
  ];
}

/** What fields of a message have to be and are not; the empty text when they are. */
export function fieldsFault(message: Message, expected: readonly Field[]): string {
  const wrong = expected.find(([tag, value]) => message.get(tag) !== String(value));
  return wrong === undefined ? "" : `expected ${wrong.join("=")}: ${message}`;
}

/** Parties with sub ids and allocations of two orders in three, by the price that names the order. */
export function orderGroups(priceE8: number): Field[] {
  const kind = priceE8 % 3;
  if (kind === 0) return [];
  const party: Field[] = [
    [448, `P${priceE8}`],
    [447, "D"],
    [452, kind],
    [802, 2],
    [523, "A"],
    [803, 1],
    [523, `B${priceE8}`],
  ];
  const allocs: Field[] = [
    [78, 2],
    [79, `F${priceE8}`],
    [80, 1],
    [79, "REST"],
    [80, 2],
  ];
  return kind === 1 ? [[453, 1], ...party] : [[453, 2], ...party, [448, "CLEARER"], ...allocs];
}

/** Contra brokers of two executions in three, by the venue's ExecID. */
export function reportGroups(execId: string): Field[] {
  const number = Number(/\d+$/.exec(execId)![0]);
  if (number % 3 === 0) return [];
  return [
    [382, 2],
    [375, `C${number}`],
    [337, "T"],
    [437, number],
    [375, "OTHER"],
  ];
}

/** What a message's groups have to be and are not; the empty text when they are. */
export function groupsFault(message: Message, countTags: readonly number[], expected: readonly Field[]): string {
  const got = message.tail(...countTags);
  const wanted = expected.map(([tag, value]) => `${tag}=${value}|`).join("");
  return got === wanted ? "" : `expected the groups ${wanted || "(none)"}: ${message}`;
}
