const FIELDS: readonly (readonly [tag: number, name: string, type: string])[] = [
  [1, "Account", "STRING"],
  [8, "BeginString", "STRING"],
  [9, "BodyLength", "LENGTH"],
  [10, "CheckSum", "STRING"],
  [11, "ClOrdID", "STRING"],
  [14, "CumQty", "QTY"],
  [17, "ExecID", "STRING"],
  [34, "MsgSeqNum", "SEQNUM"],
  [35, "MsgType", "STRING"],
  [36, "NewSeqNo", "SEQNUM"],
  [37, "OrderID", "STRING"],
  [38, "OrderQty", "QTY"],
  [39, "OrdStatus", "CHAR"],
  [40, "OrdType", "CHAR"],
  [41, "OrigClOrdID", "STRING"],
  [43, "PossDupFlag", "BOOLEAN"],
  [44, "Price", "PRICE"],
  [49, "SenderCompID", "STRING"],
  [52, "SendingTime", "UTC-TIMESTAMP"],
  [54, "Side", "CHAR"],
  [55, "Symbol", "STRING"],
  [56, "TargetCompID", "STRING"],
  [58, "Text", "String"],
  [59, "TimeInForce", "CHAR"],
  [95, "RawDataLength", "LENGTH"],
  [96, "RawData", "DATA"],
  [98, "EncryptMethod", "INT"],
  [108, "HeartBtInt", "INT"],
  [112, "TestReqID", "STRING"],
  [122, "OrigSendingTime", "UTCTIMESTAMP"],
  [123, "GapFillFlag", "BOOLEAN"],
  [141, "ResetSeqNumFlag", "BOOLEAN"],
  [150, "ExecType", "CHAR"],
  [151, "LeavesQty", "QTY"],
  [553, "Username", "STRING"],
  [25000, "RecvWindow", "FLOAT"],
  [25035, "MessageHandling", "INT"],
  [25036, "ResponseMode", "FANCY"],
];

const field = (text: string): string => {
  const [name, required = "N"] = text.split("!");
  return `<field name="${name}" required="${required === "" ? "Y" : required}"/>`;
};
const message = (name: string, type: string, fields: string): string =>
  `<message name="${name}" msgtype="${type}" msgcat="app">${fields.split(" ").map(field).join("")}</message>`;

/**
 * An exchange's own schema of FIX 4.4: orders without Account, HandlInst and TransactTime, cancels without Side, a field of
 * its own in the header and two in the Logon. Line 4 requires one field conditionally, line 6 has a type of no standard.
 */
export const EXCHANGE_XML = `<fix type="FIX" major="4" minor="4" servicepack="0">
<header>${"BeginString! BodyLength! MsgType! SenderCompID! TargetCompID! MsgSeqNum! SendingTime! PossDupFlag OrigSendingTime RecvWindow".split(" ").map(field).join("")}</header>
<messages>${message("Heartbeat", "0", "TestReqID")}${message("TestRequest", "1", "TestReqID!")}${message("SequenceReset", "4", "GapFillFlag NewSeqNo!")}${message("Logout", "5", "Text")}
${message("Logon", "A", "EncryptMethod! HeartBtInt! RawDataLength! RawData! ResetSeqNumFlag Username! MessageHandling! ResponseMode!C")}
${message("NewOrderSingle", "D", "ClOrdID! OrderQty OrdType! Price Side! Symbol TimeInForce")}${message("OrderCancelRequest", "F", "ClOrdID! OrigClOrdID OrderQty Symbol!")}${message("OrderCancelReplaceRequest", "G", "ClOrdID! OrigClOrdID! OrderQty! OrdType! Price! Side! Symbol!")}${message("ExecutionReport", "8", "ClOrdID CumQty! ExecID! ExecType! LeavesQty! OrderID! OrderQty OrdStatus! OrdType OrigClOrdID Price Side! Symbol! Text TimeInForce")}</messages>
<trailer>${field("CheckSum!")}</trailer><fields>${FIELDS.map(([tag, name, type]) => `<field number="${tag}" name="${name}" type="${type}"/>`).join("")}</fields>
</fix>
`;
