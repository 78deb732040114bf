import { utcTimestamp } from "../../../../src/counterparty/message.ts";
import type { SessionProfile } from "../../../../src/fix/session/profile.ts";
import { VERSION_NAMES, versionOf } from "../../../../src/fix/wire/version.ts";
import { Rig, WALL } from "../pair.ts";

/*  The standard's session test cases (FIX 4.4 Volume 2 with Errata 20030618, "FIX Session-level Test Cases and Expected
 *  Behaviors") by their numbers, as acceptor and as initiator, in every version. One tick mark of the table is one test.
 */
export type Role = "acceptor" | "initiator";
export const SETTINGS: [role: Role, version: string][] = VERSION_NAMES.flatMap((version): [Role, string][] => [
  ["acceptor", version],
  ["initiator", version],
]);

export const logonBody = (version: string, more = ""): string => {
  const { applVerId } = versionOf(version);
  return `98=0|108=30|${more}${applVerId === "" ? "" : `1137=${applVerId}|`}`;
};

export function waiting(role: Role, version: string, profile: Partial<SessionProfile> = {}): Rig {
  return new Rig({ version: versionOf(version), initiator: role === "initiator", ...profile });
}

/** Logged on: the next number is 2 both ways. */
export function active(role: Role, version: string): Rig {
  const rig = waiting(role, version).logon(logonBody(version));
  rig.take();
  return rig;
}

/** Header fields of the peer, sent `seconds` from now. */
export const headed = (more = "", seconds = 0): string =>
  `49=CLIENT|52=${utcTimestamp(WALL + seconds * 1e6)}|56=GATEWAY|${more}`;

/** PossDupFlag with an OrigSendingTime `seconds` from now. */
export const again = (seconds = 0): string => headed(`43=Y|122=${utcTimestamp(WALL + seconds * 1e6)}|`);

/** What a Reject says of reason and tag, in the version's own fields. */
export function reasonOf(version: string, reject: Map<number, string> | undefined): (string | undefined)[] {
  if (versionOf(version).rejectHasReason) return [reject?.get(373), reject?.get(371)];
  return [reject?.get(58)];
}

/** The same, as it is to be: `reason` and `text` of the standard, the tag or 0. */
export function reason(version: string, code: number, text: string, tag = 0): (string | undefined)[] {
  if (versionOf(version).rejectHasReason) return [String(code), tag === 0 ? undefined : String(tag)];
  return [tag === 0 ? text : `${text} (${tag})`];
}
