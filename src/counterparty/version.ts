/*  The FIX versions, written from the specifications and not from the gateway's tables. Each event of an order has one name
 *  here, and its values in each version.
 */
export const VERSIONS = [
  "FIX.4.0",
  "FIX.4.1",
  "FIX.4.2",
  "FIX.4.3",
  "FIX.4.4",
  "FIX.5.0",
  "FIX.5.0SP1",
  "FIX.5.0SP2",
] as const;
export type Version = (typeof VERSIONS)[number];
/** The event of a report. */
export type Event =
  | "new"
  | "fill"
  | "replaced"
  | "canceled"
  | "expired"
  | "rejected"
  | "bust"
  | "correct"
  | "pendingCancel"
  | "status";

/** True when `version` is `other` or a later one. */
export function atLeast(version: Version, other: Version): boolean {
  return VERSIONS.indexOf(version) >= VERSIONS.indexOf(other);
}

/** BeginString of its sessions. */
export function beginStringOf(version: Version): string {
  return atLeast(version, "FIX.5.0") ? "FIXT.1.1" : version;
}

/** DefaultApplVerID of its Logon, where there is one. */
export function applVerIdOf(version: Version): number | null {
  return atLeast(version, "FIX.5.0") ? VERSIONS.indexOf(version) + 2 : null;
}

/** State of an order in a report. */
export interface Progress {
  quantity: number;
  filled: number;
  open: boolean;
  /** OrdStatus (39), if it does not follow from the other values. */
  status?: string;
}

const EXEC_TYPES: Record<Event, string> = {
  new: "0",
  fill: "F",
  replaced: "5",
  canceled: "4",
  expired: "C",
  rejected: "8",
  bust: "H",
  correct: "G",
  pendingCancel: "6",
  status: "I",
};

/** OrdStatus (39) of FIX 4.3 and later. */
export function statusOf(order: Progress): string {
  if (order.status !== undefined) return order.status;
  if (order.filled >= order.quantity) return "2";
  return order.open ? (order.filled === 0 ? "0" : "1") : "4";
}

/** ExecTransType (20), OrdStatus (39), ExecType (150) and LeavesQty (151) of a report. */
export function reportWords(version: Version, event: Event, order: Progress): Record<number, string | undefined> {
  const all = order.filled >= order.quantity;
  const working = order.filled === 0 ? "0" : all ? "2" : "1";
  const isOver = event === "rejected" || event === "expired" || event === "pendingCancel";
  const status = isOver ? EXEC_TYPES[event] : statusOf(order);
  const modern = atLeast(version, "FIX.4.3");
  const execType = EXEC_TYPES[event];
  const old =
    event === "status"
      ? status
      : event === "fill" || event === "correct"
        ? all
          ? "2"
          : "1"
        : event === "bust"
          ? all
            ? "2"
            : working
          : execType;
  const isReplaced = event === "replaced" && (order.filled === 0 || version === "FIX.4.0");
  const hasType = atLeast(version, "FIX.4.1");
  return {
    20: modern ? undefined : event === "bust" ? "1" : event === "correct" ? "2" : event === "status" ? "3" : "0",
    39: isReplaced && !modern ? "5" : status,
    150: hasType ? (modern ? execType : old) : undefined,
    151: hasType ? String(order.open ? order.quantity - order.filled : 0) : undefined,
  };
}
