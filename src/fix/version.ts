import { ascii } from "../base/ascii.ts";
import type { HeaderText } from "./write.ts";

/** What differs between the versions of FIX, as data; one row for each version that is spoken. */
export interface FixVersion {
  readonly beginString: string;
  /** SessionRejectReason (373) and RefTagID (371) exist in Reject (3). */
  readonly rejectHasReason: boolean;
  /** BusinessMessageReject (j) exists. */
  readonly hasBusinessReject: boolean;
  /** EndSeqNo (16) that means "all there are". */
  readonly infinity: number;
}

export const FIX44: FixVersion = {
  beginString: "FIX.4.4",
  rejectHasReason: true,
  hasBusinessReject: true,
  infinity: 0,
};

const VERSIONS: readonly FixVersion[] = [FIX44];

/** The version of a BeginString; undefined when it is not spoken. Cold. */
export function versionOf(beginString: string): FixVersion | undefined {
  return VERSIONS.find((version) => version.beginString === beginString);
}

/** The constant header parts of what `sender` sends to `target`. Cold. */
export function headerText(version: FixVersion, sender: string, target: string): HeaderText {
  return {
    begin: ascii(`8=${version.beginString}\x019=`),
    sender: ascii(`49=${sender}\x01`),
    target: ascii(`56=${target}\x01`),
  };
}
