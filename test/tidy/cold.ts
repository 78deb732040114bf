// Functions of hot files that run rarely: at the start, once a session, in a replay, after the end, or on a thread without
// orders. They may allocate. "*": all of the file. A test says which entries are not needed.

export const COLD: Readonly<Record<string, string>> = {
  "src/client/password-gate.ts": "takeQuestions",
  "src/core/alarms.ts": "outcomeText",
  "src/core/account-uses.ts": "*",
  "src/core/account-row.ts": "AccountRow.state AccountRow.sumAt",
  "src/core/area.ts": "*",
  "src/core/area-views.ts": "*",
  "src/core/configure.ts": "*",
  "src/core/core.ts": "Core.instantiate",
  "src/core/core-tables.ts": "CoreTables.clOrdId",
  "src/core/digest.ts": "*",
  "src/core/former-state.ts": "*",
  "src/core/kept-executions.ts": "*",
  "src/core/kept-orders.ts": "*",
  "src/core/kept-state.ts": "*",
  "src/core/state-reader.ts": "*",
  "src/core/failures.ts": "unknownId",
  "src/core/late-outputs.ts": "*",
  "src/core/own-rings.ts": "*",
  "src/core/orders/order.ts": "Order.worth",
  "src/core/risk/reasons.ts": "define",
  "src/fix/dictionary/built-in.ts": "*",
  "src/fix/dictionary/data-type.ts": "dataType plainName",
  "src/fix/dictionary/description.ts": "*",
  "src/fix/dictionary/dictionary.ts": "Dictionary.compile Dictionary.allTags GroupTable.indexOf",
  "src/fix/orders/message-fields.ts": "changedTags reasons",
  "src/fix/orders/peer-table.ts": "*",
  "src/fix/orders/place-rules.ts": "*",
  "src/fix/orders/record-tags.ts": "*",
  "src/fix/orders/translations.ts": "read",
  "src/fix/session/identity.ts": "Identity.adopt",
  "src/fix/session/options.ts": "optionsOf optionsFrom",
  "src/fix/wire/version.ts": "reasons versionOf headerText",
  "src/journal/keeper.ts": "*",
  "src/lane/peer-wakeups.ts": "PeerWakeups.connect",
  "src/net/network.ts": "*",
  "src/net/pipe.ts": "*",
  "src/session/peer-counts.ts": "maskOf",
  "src/net/reactor.ts": "Reactor.prepare Reactor.descriptors Reactor.outputsOf",
  "src/pool/keeper.ts": "PoolKeeper.turn PoolKeeper.prepare PoolKeeper.retire PoolKeeper.free",
  "src/pool/layout.ts": "poolBytes placesOf",
  "src/record/former-numbers.ts": "*",
  "src/stalls/thread-counters.ts": "filePath machinePath labelOf",
  "src/record/layout/row.ts": "writtenTags",
  "src/telemetry/counters.ts": "counterSlots countersAt",
};

/** The cold functions of a file. */
export function coldIn(path: string): string[] {
  return (COLD[path] ?? "").split(" ").filter((name) => name !== "");
}
