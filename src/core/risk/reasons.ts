import { CHECKS } from "./checks.ts";
import { ORDER_REASONS } from "./order-reasons.ts";
import { CXL_OTHER, OTHER, type Reason } from "./reason-row.ts";
import { SESSION_CHECKS } from "./session-checks.ts";

/** Every reason, of the core and of the client side. */
export const REASONS: readonly Reason[] = [...CHECKS, ...SESSION_CHECKS, ...ORDER_REASONS];

/** Place of FIX 5.0SP2 among the versions of a row. */
const NEWEST = 2;
const byNumber = new Map(REASONS.map((row) => [row.reason, row]));

/** OrdRejReason (103) of a reason, FIX 5.0SP2: a session of an older version says it in its own (fix/wire/version.ts). */
export function ordRejReason(reason: number): number {
  return (byNumber.get(reason)?.ord ?? OTHER)[NEWEST];
}

/** CxlRejReason (102) of a reason, FIX 5.0SP2. */
export function cxlRejReason(reason: number): number {
  return (byNumber.get(reason)?.cxl ?? CXL_OTHER)[NEWEST];
}

/** Code and name of a reason, such as `RISK-012 PRICE_COLLAR`. */
export function reasonText(reason: number): string {
  const { family, name } = byNumber.get(reason) ?? { family: "CORE", name: "REFUSED" };
  return `${family}-${String(reason).padStart(3, "0")} ${name}`;
}
