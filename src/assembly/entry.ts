// The compiled code of a lane: the codec of FIX messages, the core, the append to the journal, and batches of messages between them, one
// module over one memory. `npm run assemble` compiles it
// (AssemblyScript) into module-code.ts; module.ts makes instances.
import { poll } from "../core/assembly/agent.ts";
import { shorten, stampRules } from "../core/assembly/apply-report.ts";
import { markReport } from "../core/assembly/report-marks.ts";
import { openCore } from "../core/assembly/area.ts";
import { applyDecided, beginReplay, control, decideRequest, endReplay, order, report, stamp } from "../core/assembly/core.ts";
import { writeEnd as writeOverrideEnd } from "../core/assembly/override-uses.ts";
import { countOverrides, expiredOverride, nextNeeded } from "../core/assembly/overrides.ts";
import { countUnmatched } from "../core/assembly/unmatched.ts";
import { writeEnds } from "../core/assembly/end-temporaries.ts";
import { addUpExposure, addUpLevels } from "../core/assembly/exposure.ts";
import { addSession, grant } from "../core/assembly/entitlements.ts";
import { setClient, setIsLevel, setSessionRow } from "../core/assembly/levels.ts";
import { addName, findName } from "../core/assembly/names.ts";
import { giveOrderId, indexOrders } from "../core/assembly/orders.ts";
import { keepEntered } from "../core/assembly/duplicates.ts";
import { addPosition } from "../core/assembly/positions.ts";
import { keepFirmMessage } from "../core/assembly/firm-messages.ts";
import { keepExecution, loseExecution } from "../core/assembly/repeated-executions.ts";
import { carry, carryNothing, claimLate, claimLateGroups, endOutputsOfThePast, publishLate } from "../core/assembly/outbox.ts";
import { instruct } from "../core/assembly/changes.ts";
import { setRoute } from "../core/assembly/routing-rules.ts";
import { setFileValue, settle, settleKill } from "../core/assembly/settings.ts";
import { nextCrossing } from "../core/assembly/self-trade-check.ts";
import { forgetFile, setConfigured } from "../core/assembly/structure.ts";
import { setSymbol } from "../core/assembly/symbols.ts";
import { findEnd as findTemporaryEnd, isEndDue } from "../core/assembly/temporaries.ts";
import { receive } from "../fix/batch/receive.ts";
import { send } from "../fix/batch/send.ts";
import { countReported, noteAnswered, noteDecided, noteReported, noteRequestSent, stampSent } from "../telemetry/assembly/stages.ts";
import { check, open, passBeside, readExecution, readOrder, scan, tagWithoutPlace, takeBeside, writeExecution, writeOrder } from "../fix/wire/codec/codec.ts";
import { appendEntry, claimEntry, commitEntry, openStream, roomInStream } from "../journal/assembly/stream.ts";
import { isApart, isStranger, longTag, more, noteData, noteHigh, noteRepeated } from "../fix/wire/codec/codec.ts";

export {
  addName,
  addPosition,
  addSession,
  addUpExposure,
  addUpLevels,
  appendEntry,
  applyDecided,
  beginReplay,
  carry,
  carryNothing,
  check,
  claimEntry,
  claimLate,
  claimLateGroups,
  commitEntry,
  control,
  countOverrides,
  countUnmatched,
  countReported,
  decideRequest as decide,
  endOutputsOfThePast,
  endReplay,
  expiredOverride,
  findName,
  findTemporaryEnd,
  forgetFile,
  giveOrderId,
  grant,
  indexOrders,
  instruct,
  isEndDue,
  keepEntered,
  keepExecution,
  keepFirmMessage,
  loseExecution,
  open,
  openCore,
  openStream,
  noteAnswered,
  noteDecided,
  noteReported,
  noteRequestSent,
  passBeside,
  nextCrossing,
  nextNeeded,
  order,
  poll,
  publishLate,
  readExecution,
  readOrder,
  receive,
  report,
  roomInStream,
  scan,
  send,
  setClient,
  setConfigured,
  setFileValue,
  setIsLevel,
  setRoute,
  setSessionRow,
  setSymbol,
  settle,
  settleKill,
  markReport,
  shorten,
  stamp,
  stampRules,
  stampSent,
  tagWithoutPlace,
  takeBeside,
  writeEnds,
  writeExecution,
  writeOrder,
  writeOverrideEnd,
};
// Not inlined, so that the loops that call them keep their registers.
export { isApart, isStranger, longTag, more, noteData, noteHigh, noteRepeated };
