import { Views } from "../base/views.ts";
import type { StateSink, StateSource } from "../core/state-io.ts";
import type { RecoveredSession } from "../journal/store/recover.ts";
import type { SnapshotReader } from "../journal/store/snapshot-file.ts";
import { EXECUTION_REPORT_BYTES, ExecutionReport } from "../record/execution-report.ts";
import { exactReport, exactRequest } from "../record/former-numbers.ts";
import { ORDER_REQUEST_BYTES, OrderRequest } from "../record/order-request.ts";

// Parts of a snapshot beside the core's tables that are too large for its text.

/** An output of the core that no stream has journalled as sent. */
export interface Unsent {
  readonly isRequest: boolean;
  readonly id: number;
  readonly index: number;
  /** The record, followed by its repeating groups. */
  readonly words: Int32Array;
}

const UNSENT_HEAD = 4;
/** Words of an output of versions with ids of up to 32 bytes. */
const FORMER_STRIDE = UNSENT_HEAD + 96;

/** The repeating groups of all outputs are one section; without groups it is absent. */
export function saveUnsent(unsent: readonly Unsent[], to: StateSink): void {
  const stride = UNSENT_HEAD + (EXECUTION_REPORT_BYTES >> 2);
  const words = new Int32Array(Math.max(1, stride * unsent.length));
  const groups: number[] = [];
  for (const [i, { isRequest, id, index, words: all }] of unsent.entries()) {
    const record = all.subarray(0, recordWords(isRequest));
    words.set([isRequest ? 1 : 0, id, index, record.length], i * stride);
    words.set(record, i * stride + UNSENT_HEAD);
    groups.push(...all.subarray(record.length));
  }
  to.words("unsent", words, stride * unsent.length);
  to.numbers("unsentStride", [stride]);
  to.numbers(
    "unsentGroupWords",
    unsent.map(({ isRequest, words: all }) => all.length - recordWords(isRequest)),
  );
  if (groups.length > 0) to.words("unsentGroups", Int32Array.from(groups), groups.length);
}

/** A record of an earlier version, which was shorter, is as long as today's. `isFormer`: its numbers are doubles. */
export function loadUnsent(from: StateSource, isFormer = false): Unsent[] {
  const stride = from.numbers("unsentStride")[0] ?? FORMER_STRIDE;
  const words = new Int32Array(from.length("unsent"));
  from.words("unsent", words);
  const groupWords = from.numbers("unsentGroupWords");
  const total = groupWords.reduce((sum, count) => sum + count, 0);
  const groups = new Int32Array(total);
  if (total > 0) from.words("unsentGroups", groups);
  const unsent: Unsent[] = [];
  let groupsAt = 0;
  for (let at = 0; at < words.length; at += stride) {
    const count = groupWords[at / stride] ?? 0;
    const isRequest = words[at] === 1;
    const length = recordWords(isRequest);
    const all = new Int32Array(length + count);
    all.set(words.subarray(at + UNSENT_HEAD, at + UNSENT_HEAD + words[at + 3]!));
    if (isFormer) exactOutput(isRequest, all);
    all.set(groups.subarray(groupsAt, groupsAt + count), length);
    groupsAt += count;
    unsent.push({ isRequest, id: words[at + 1]!, index: words[at + 2]!, words: all });
  }
  return unsent;
}

/** In a record of a version with numbers in doubles. */
function exactOutput(isRequest: boolean, words: Int32Array): void {
  const views = Views.allocate(EXECUTION_REPORT_BYTES);
  views.ints.set(words.subarray(0, recordWords(isRequest)));
  if (isRequest) exactRequest(new OrderRequest(views));
  else exactReport(new ExecutionReport(views));
  words.set(views.ints.subarray(0, recordWords(isRequest)));
}

function recordWords(isRequest: boolean): number {
  return (isRequest ? ORDER_REQUEST_BYTES : EXECUTION_REPORT_BYTES) >> 2;
}

/** Saves anchors as words, because they are many; the rest of a session goes into the text. */
export function saveSide(
  stream: string,
  sessions: readonly (readonly [number, RecoveredSession])[],
  to: StateSink,
): [number, RecoveredSession][] {
  const numbers = sessions.flatMap(([, session]) => [
    session.indexSequences.length,
    ...session.indexSequences,
    ...session.indexPositions,
  ]);
  const doubles = Float64Array.from(numbers);
  to.words(`anchors ${stream}`, new Int32Array(doubles.buffer), 2 * doubles.length);
  return sessions.map(([id, session]) => [id, { ...session, indexSequences: [], indexPositions: [] }]);
}

/** Sessions of a stream with their anchors. */
export function sideSessions(from: SnapshotReader, stream: string): [number, RecoveredSession][] {
  const doubles = new Float64Array(from.length(`anchors ${stream}`) >> 1);
  from.words(`anchors ${stream}`, new Int32Array(doubles.buffer));
  let at = 0;
  return from.facts.sides[stream]!.map(([id, session]) => {
    const count = doubles[at]!;
    const indexSequences = Array.from(doubles.subarray(at + 1, at + 1 + count));
    const indexPositions = Array.from(doubles.subarray(at + 1 + count, at + 1 + 2 * count));
    at += 1 + 2 * count;
    return [id, { ...session, indexSequences, indexPositions }];
  });
}
