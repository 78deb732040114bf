import { expect, test } from "bun:test";
import type { AgentKind } from "../../src/config/agents.ts";
import { type BuiltAgent, pollOrder } from "../../src/gateway/poll-order.ts";
import type { Agent, Polled } from "../../src/lane/agent.ts";

function built(name: string, kind: AgentKind): BuiltAgent {
  const agent = { name, poll: () => 0 } as unknown as Agent;
  const afterCore: Polled | null = kind === "venue" ? { name: `${name} sending`, poll: () => 0 } : null;
  return { kind, agent, afterCore };
}

const orderOf = (...agents: BuiltAgent[]): string[] => pollOrder(agents).map(({ name }) => name);

test("on one lane the core follows each of its neighbours, and the venues send after it once more", () => {
  const all = [built("keeper", "keeper"), built("client0", "client"), built("core", "core")];
  const venues = [built("venue0", "venue"), built("venue1", "venue")];
  const order = ["venue0", "venue1", "core", "client0", "core", "venue0 sending", "venue1 sending"];
  expect(orderOf(...all, ...venues, built("exchange", "exchange"))).toEqual([...order, "exchange", "keeper"]);
});

test("without the core a venue is polled once", () => {
  expect(orderOf(built("venue0", "venue"), built("keeper", "keeper"))).toEqual(["venue0", "keeper"]);
});

test("the kind decides, not the name", () => {
  expect(orderOf(built("venue-like", "client"), built("x", "core"))).toEqual(["x", "venue-like", "x"]);
});

test("what a burst leaves unread is taken in parts, each as far as the venues, until there is no more or the turn was long", () => {
  const log: string[] = [];
  let left = 3;
  const polled = (name: string): Polled => ({ name, poll: () => log.push(name) && 0 });
  const rest: Polled = { name: "client0", poll: () => (left-- > 0 ? 64 : 0) };
  const agents = [
    { ...built("client0", "client"), rest },
    { ...built("core", "core"), agent: polled("core") as unknown as Agent },
    { ...built("venue0", "venue"), afterCore: polled("sending") },
  ];
  const burst = pollOrder(agents).at(-1)!;
  expect([burst.name, burst.poll(0), log]).toEqual([
    "client0",
    192,
    ["core", "sending", "core", "sending", "core", "sending"],
  ]);
  left = Number.POSITIVE_INFINITY;
  expect(burst.poll(0)).toBe(15 * 64);
  left = 0;
  expect(burst.poll(0)).toBe(0);
});
