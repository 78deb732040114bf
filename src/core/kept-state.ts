// What the core knows, as a snapshot keeps it. Tables go as they are; what depends on the configuration's order (account
// and symbol indexes) goes with names and finds its place again by them.

import { NONE } from "../base/units.ts";
import { FREE } from "./orders/life-cycle.ts";
import type { State } from "./state.ts";
import type { StateSink, StateSource } from "./state-io.ts";

/** Writes all that inputs have changed, and no more: limits, routes and entitlements are the configuration's. */
export function saveState(state: State, to: StateSink): void {
  state.accountNames.save(to, "accountNames");
  state.symbolNames.save(to, "symbolNames");
  state.orders.save(to);
  state.executions.save(to);
  state.outbox.save(to);
  to.numbers("odometers", [state.number.value, state.execution.value]);
  to.numbers("killed", [state.risk.killed ? 1 : 0, state.risk.killedUs]);
  const accounts: number[] = [];
  const highParts: number[] = [];
  const positions: number[] = [];
  for (let i = 0; i < state.accountNames.count; i++) {
    accounts.push(...state.accounts.state(i));
    highParts.push(...state.accounts.highParts(i));
    positions.push(...state.accounts.positionParts(i));
  }
  to.numbers("accounts", accounts);
  // Apart, since earlier versions had none of these.
  to.numbers("accountsHigh", highParts);
  to.numbers("accountPositions", positions);
  const references: number[] = [];
  for (let i = 0; i < state.symbolNames.count; i++)
    if (state.symbols.isInstructed(i)) references.push(i, state.symbols.reference(i));
  to.numbers("references", references);
}

/** Brings a state that has taken no input yet to where `saveState` was. Throws when today's tables have no room for it. */
export function loadState(state: State, from: StateSource): void {
  const accounts = state.accountNames.load(from, "accountNames");
  const symbols = state.symbolNames.load(from, "symbolNames");
  state.orders.load(from);
  state.outbox.load(from);
  const odometers = from.numbers("odometers");
  state.number.turnTo(odometers[0]!);
  state.executions.load(from, odometers[0]!);
  state.execution.turnTo(odometers[1]!);
  const killed = from.numbers("killed");
  state.risk.killed = killed[0] === 1;
  // Earlier versions kept no time.
  state.risk.killedUs = killed[1] ?? 0;
  const values = from.numbers("accounts");
  const highParts = from.numbers("accountsHigh");
  const positions = from.numbers("accountPositions");
  for (let i = 0; i < accounts.length; i++) {
    fillFrom(state.accounts.state(accounts[i]!), values, i);
    fillFrom(state.accounts.highParts(accounts[i]!), highParts, i);
    if (positions.length === 0) state.accounts.derivePosition(accounts[i]!);
    else fillFrom(state.accounts.positionParts(accounts[i]!), positions, i);
  }
  const references = from.numbers("references");
  for (let i = 0; i < references.length; i += 2) state.symbols.instruct(symbols[references[i]!]!, references[i + 1]!);
  if (!isIdentity(accounts) || !isIdentity(symbols)) moveIndexes(state, accounts, symbols);
}

/** Takes row `i`; rows are as long as `view`. */
function fillFrom(view: Float64Array, rows: readonly number[], i: number): void {
  view.set(rows.slice(i * view.length, (i + 1) * view.length));
}

function isIdentity(indexes: Int32Array): boolean {
  return indexes.every((index, i) => index === i);
}

/** The configuration names accounts or symbols in another order than it did. */
function moveIndexes(state: State, accounts: Int32Array, symbols: Int32Array): void {
  const { orders, order } = state;
  for (let slot = 0; slot < orders.fresh; slot++) {
    order.aim(slot);
    if (order.state === FREE) continue;
    if (order.account !== NONE) order.account = accounts[order.account]!;
    if (order.symbol !== NONE) order.symbol = symbols[order.symbol]!;
  }
}
