import { ascii } from "../../base/ascii.ts";

/** Texts of Reject (3) and Logout (5), as the FIX session test cases and their executable form have them. */
export const TOO_LOW_EXPECTING = ascii("MsgSeqNum too low, expecting ");
export const BUT_RECEIVED = ascii(" but received ");
export const NEXT_EXPECTED_TOO_HIGH = ascii("NextExpectedMsgSeqNum too high, expecting ");
export const REQUIRED_TAG_MISSING = ascii("Required tag missing");
export const VALUE_OUT_OF_RANGE = ascii("Value is incorrect (out of range) for this tag");
export const ATTEMPT_TO_LOWER = ascii("attempt to lower sequence number, invalid value NewSeqNum");
export const COMP_ID_PROBLEM = ascii("CompID problem");
export const SENDING_TIME_PROBLEM = ascii("SendingTime accuracy problem");
export const INVALID_TAG_NUMBER = ascii("Invalid tag number");
export const TAG_WITHOUT_VALUE = ascii("Tag specified without a value");
export const TAG_NOT_DEFINED = ascii("Tag not defined for this message type");
export const INCORRECT_FORMAT = ascii("Incorrect data format for value");
export const INVALID_MSG_TYPE = ascii("Invalid MsgType");
export const TAG_REPEATED = ascii("Tag appears more than once");
export const TAG_OUT_OF_ORDER = ascii("Tag specified out of required order");
export const GROUP_OUT_OF_ORDER = ascii("Repeating group fields out of order");
export const INCORRECT_GROUP_COUNT = ascii("Incorrect NumInGroup count for repeating group");
export const DELIMITER_IN_VALUE = ascii('Non "data" value includes field delimiter (SOH character)');
/** BusinessMessageReject (j) has no RefTagID: the text names the tag. */
export const PRICE_MISSING = ascii("Conditionally Required Field Missing (44)");
export const STOP_PX_MISSING = ascii("Conditionally Required Field Missing (99)");
/** Text of a BusinessMessageReject (j), and of the Reject (3) in versions without one. */
export const UNSUPPORTED_MESSAGE_TYPE = ascii("Unsupported Message Type");
export const UNSUPPORTED_TYPE = ascii("Unsupported message type");
/** A Logout without a reason. */
export const NO_TEXT = ascii("");
/** TestReqID (112) of our TestRequests. */
export const TEST = ascii("TEST");
