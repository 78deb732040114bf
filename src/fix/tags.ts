/** Tag numbers by their names in the specification (FIX 4.4, Volume 6). */
export const Account = 1;
export const AvgPx = 6;
export const BeginSeqNo = 7;
export const BeginString = 8;
export const BodyLength = 9;
export const CheckSum = 10;
export const ClOrdID = 11;
export const CumQty = 14;
export const EndSeqNo = 16;
export const ExecID = 17;
export const HandlInst = 21;
export const LastPx = 31;
export const LastQty = 32;
export const MsgSeqNum = 34;
export const MsgType = 35;
export const NewSeqNo = 36;
export const OrderID = 37;
export const OrderQty = 38;
export const OrdStatus = 39;
export const OrdType = 40;
export const OrigClOrdID = 41;
export const PossDupFlag = 43;
export const Price = 44;
export const RefSeqNum = 45;
export const SenderCompID = 49;
export const SendingTime = 52;
export const Side = 54;
export const Symbol = 55;
export const TargetCompID = 56;
export const Text = 58;
export const TimeInForce = 59;
export const TransactTime = 60;
export const RawDataLength = 95;
export const RawData = 96;
export const PossResend = 97;
export const EncryptMethod = 98;
export const CxlRejReason = 102;
export const OrdRejReason = 103;
export const HeartBtInt = 108;
export const TestReqID = 112;
export const OrigSendingTime = 122;
export const GapFillFlag = 123;
export const ResetSeqNumFlag = 141;
export const ExecType = 150;
export const LeavesQty = 151;
export const RefTagID = 371;
export const RefMsgType = 372;
export const SessionRejectReason = 373;
export const BusinessRejectRefID = 379;
export const BusinessRejectReason = 380;
export const CxlRejResponseTo = 434;

const type = (text: string): number => text.charCodeAt(0) | (text.length > 1 ? text.charCodeAt(1) << 8 : 0);

/** MsgType (35) of one or two characters as an int: first character, then the second shifted by 8. */
export const HEARTBEAT = type("0");
export const TEST_REQUEST = type("1");
export const RESEND_REQUEST = type("2");
export const REJECT = type("3");
export const SEQUENCE_RESET = type("4");
export const LOGOUT = type("5");
export const EXECUTION_REPORT = type("8");
export const ORDER_CANCEL_REJECT = type("9");
export const LOGON = type("A");
export const NEW_ORDER_SINGLE = type("D");
export const ORDER_CANCEL_REQUEST = type("F");
export const ORDER_CANCEL_REPLACE_REQUEST = type("G");
export const ORDER_STATUS_REQUEST = type("H");
export const BUSINESS_MESSAGE_REJECT = type("j");

/** SessionRejectReason (373). */
export const INVALID_TAG_NUMBER = 0;
export const REQUIRED_TAG_MISSING = 1;
export const TAG_NOT_DEFINED_FOR_TYPE = 2;
export const UNDEFINED_TAG = 3;
export const TAG_WITHOUT_VALUE = 4;
export const VALUE_INCORRECT = 5;
export const INCORRECT_DATA_FORMAT = 6;
export const COMP_ID_PROBLEM = 9;
export const SENDING_TIME_PROBLEM = 10;
export const INVALID_MSG_TYPE = 11;
export const TAG_APPEARS_MORE_THAN_ONCE = 13;

/** BusinessRejectReason (380). */
export const UNSUPPORTED_MESSAGE_TYPE = 3;
export const APPLICATION_NOT_AVAILABLE = 4;
