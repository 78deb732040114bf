import { ascii } from "../base/ascii.ts";

/** Texts of Reject (3) and Logout (5), as the FIX session test cases and their executable form have them. */
export const TOO_LOW_EXPECTING = ascii("MsgSeqNum too low, expecting ");
export const TOO_LOW_RECEIVED = ascii(" but received ");
export const REQUIRED_TAG_MISSING = ascii("Required tag missing");
export const VALUE_OUT_OF_RANGE = ascii("Value is incorrect (out of range) for this tag");
export const ATTEMPT_TO_LOWER = ascii("attempt to lower sequence number, invalid value NewSeqNum");
export const COMP_ID_PROBLEM = ascii("CompID problem");
export const SENDING_TIME_PROBLEM = ascii("SendingTime accuracy problem");
export const INVALID_TAG_NUMBER = ascii("Invalid tag number");
export const TAG_WITHOUT_VALUE = ascii("Tag specified without a value");
/** TestReqID (112) of our TestRequests. */
export const TEST = ascii("TEST");
