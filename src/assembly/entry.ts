// The compiled code of a lane: the codec of FIX messages and the core, one module over one memory. `npm run assemble` compiles it
// (AssemblyScript) into module-code.ts; module.ts makes instances.
export { poll } from "../core/assembly/agent.ts";
export { shorten } from "../core/assembly/apply-report.ts";
export { setLimits } from "../core/assembly/accounts.ts";
export { openCore } from "../core/assembly/area.ts";
export {
  applyDecided,
  beginReplay,
  control,
  decideRequest as decide,
  endReplay,
  expectReport,
  order,
  report,
  stamp,
} from "../core/assembly/core.ts";
export { addSession, grant } from "../core/assembly/entitlements.ts";
export { fetchExpected } from "../core/assembly/executions.ts";
export { addName, findName } from "../core/assembly/names.ts";
export {
  carry,
  carryNothing,
  claimLate,
  claimLateGroups,
  endOutputsOfThePast,
  hasReportRoom,
  hasRoomOut as hasRoom,
  publishLate,
} from "../core/assembly/outbox.ts";
export { setKilled } from "../core/assembly/state.ts";
export { instruct, setSymbol } from "../core/assembly/symbols.ts";
export { open, readExecution, readOrder, scan, writeExecution, writeOrder } from "../fix/wire/codec/codec.ts";
