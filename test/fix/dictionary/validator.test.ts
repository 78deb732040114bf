import { describe, expect, test } from "bun:test";
import { BUILT_IN_VERSIONS } from "../../../src/fix/dictionary/built-in.ts";
import { STRICT, Validator } from "../../../src/fix/dictionary/validator.ts";
import { dictionaryOf, HEAD, judged, verdict } from "./check.ts";

const TIME = "60=20261124-01:02:03|";
const ORDER = `11=ID|21=1|38=100|40=1|54=1|55=INTC|${TIME}`;
const ENUM = "Value is incorrect (out of range) for this tag";
const FORMAT = "Incorrect data format for value";
const REPEATED = "Tag appears more than once";
const COUNT = "Incorrect NumInGroup count for repeating group";
const GROUP_ORDER = "Repeating group fields out of order";
const UNDEFINED = "Tag not defined for this message type";
const UNKNOWN = "Invalid tag number";
const MISSING = "Required tag missing";

describe.each(BUILT_IN_VERSIONS)("%s", (version) => {
  const since = (first: string): boolean => BUILT_IN_VERSIONS.indexOf(version) >= BUILT_IN_VERSIONS.indexOf(first);
  const order = since("FIX.4.2") ? ORDER : ORDER.replace(TIME, "");
  const is = (type: string, body: string, expected: string): void => expect(judged(version, type, body)).toBe(expected);

  test("takes the session messages and an order", () => {
    is("0", "", "ok");
    is("1", "112=x|", "ok");
    is("2", "7=1|16=0|", "ok");
    is("3", "45=2|58=no|", "ok");
    is("4", "123=Y|36=7|", "ok");
    is("5", "58=bye|", "ok");
    is("A", `98=0|108=30|${since("FIX.5.0") ? "1137=9|" : ""}`, "ok");
    is("D", order, "ok");
    is("D", `${order}58=a longer text, with = in it|`, "ok");
  });

  test("14a: tags that do not exist", () => {
    is("0", "9999=HI|", `0 9999 ${UNKNOWN}`);
    is("0", "5000=HI|", `0 5000 ${UNKNOWN}`);
    // No number of a tag: the field is named, the fourth of the header and then this one.
    is("0", "0=HI|", `0 ${~7} ${UNKNOWN}`);
    is("0", "112=x|-1=HI|", `0 ${~8} ${UNKNOWN}`);
  });

  test("14b: required tags that are missing, the lowest first", () => {
    is("1", "", `1 112 ${MISSING}`);
    is("D", order.replace("54=1|", ""), `1 54 ${MISSING}`);
    is("D", order.replace("54=1|", "").replace("11=ID|", ""), `1 11 ${MISSING}`);
    const validator = new Validator(dictionaryOf(version), STRICT);
    expect(verdict(validator, `35=0|${HEAD.replace("56=GATEWAY|", "")}`)).toBe(`1 56 ${MISSING}`);
  });

  test("a required tag that is missing is named before an unknown tag", () => {
    const short = order.replace("54=1|", "");
    is("D", `${short}9999=HI|`, `1 54 ${MISSING}`);
    is("D", `${short}112=x|`, `1 54 ${MISSING}`);
    is("D", `${short}0=x|`, `1 54 ${MISSING}`);
    is("D", `${short}x=x|`, `1 54 ${MISSING}`);
    is("D", `${order}9999=HI|`, `0 9999 ${UNKNOWN}`);
  });

  test("a data field has its length before it, and no other", () => {
    is("0", "95=3|96=abc|", `2 95 ${UNDEFINED}`);
    is("A", `98=0|95=2|96=abc|108=30|${since("FIX.5.0") ? "1137=9|" : ""}`, `5 95 ${ENUM}`);
    is("A", `98=0|96=abc|108=30|${since("FIX.5.0") ? "1137=9|" : ""}`, `1 95 ${MISSING}`);
  });

  test("14c to 14f: tags of other messages, empty ones, values and formats", () => {
    is("0", "98=0|", `2 98 ${UNDEFINED}`);
    // FIXT has a dictionary of its own, in which the application's tags do not exist.
    is("0", "55=MSFT|", since("FIX.5.0") ? `0 55 ${UNKNOWN}` : `2 55 ${UNDEFINED}`);
    is("0", "112=|", "4 112 Tag specified without a value");
    is("D", order.replace("21=1", "21=4"), `5 21 ${ENUM}`);
    is("D", order.replace("38=100", "38=+200"), `6 38 ${FORMAT}`);
    is("D", `${order}126=20040415|`, `6 126 ${FORMAT}`);
    is("2", "7=x|16=0|", `6 7 ${FORMAT}`);
  });

  test("14g: header, body and trailer in another order", () => {
    const validator = new Validator(dictionaryOf(version), STRICT);
    expect(verdict(validator, `35=D|${order}${HEAD}`)).toBe("14 34 Tag specified out of required order");
    expect(verdict(validator, `35=D|55=INTC|${HEAD}${order.replace("55=INTC|", "")}`)).toStartWith("14 34 ");
    expect(verdict(validator, `35=0|${HEAD}93=1|89=x|112=x|`)).toStartWith("14 112 ");
  });

  test("14h: a tag twice", () => {
    is("D", order.replace("40=1|", "40=1|40=2|"), `13 40 ${REPEATED}`);
    is("0", "112=a|49=CLIENT|", `13 49 ${REPEATED}`);
    is("D", `${order}35=D|`, `13 35 ${REPEATED}`);
  });

  test("14k: a SOH inside a value", () => {
    is("D", `${order}58=two|lines|`, '17 58 Non "data" value includes field delimiter (SOH character)');
    is("A", `98=0|108=30|95=5|96=a|b=c|${since("FIX.5.0") ? "1137=9|" : ""}`, "ok");
  });

  test("15: fields of header and body in any order", () => {
    const validator = new Validator(dictionaryOf(version), STRICT);
    const turned = (fields: string): string => `${fields.split("|").toReversed().join("|").slice(1)}|`;
    expect(verdict(validator, `35=D|${turned(HEAD)}${turned(order)}`)).toBe("ok");
  });

  test("2q: a MsgType that does not exist, and 2r: one whose fields are not described", () => {
    is("*", "", "11 0 Invalid MsgType");
    is("ZZZ", "", "11 0 Invalid MsgType");
    is("B", "33=1|58=line|", "ok");
    is("B", "33=1|58=line|9999=1|", `0 9999 ${UNKNOWN}`);
  });

  test.if(since("FIX.4.2"))("14i, 14j, 21: repeating groups", () => {
    is("D", `${order}386=2|336=PRE-OPEN|336=AFTER-HOURS|`, "ok");
    is("D", `${order}386=3|336=PRE-OPEN|336=AFTER-HOURS|`, `16 386 ${COUNT}`);
    is("D", `${order}386=1|336=PRE-OPEN|336=AFTER-HOURS|`, `16 386 ${COUNT}`);
    is("D", `${order}386=0|`, "ok");
    is("D", `${order}386=1|`, `16 386 ${COUNT}`);
    is("D", `${order}78=1|80=5|79=A|`, `15 80 ${GROUP_ORDER}`);
    is("D", `${order}78=2|79=A|80=5|79=B|80=6|`, "ok");
    is("D", `${order}78=1|79=A|80=5|80=5|`, `13 80 ${REPEATED}`);
    is("D", `${order}78=1|79=A|80=x|`, `6 80 ${FORMAT}`);
    is("D", `${order}78=-1|`, `6 78 ${FORMAT}`);
    is("D", `${order}336=PRE-OPEN|`, `2 336 ${UNDEFINED}`);
  });

  test.if(since("FIX.4.4"))("groups in groups", () => {
    const party = "453=2|448=A|447=D|452=11|802=2|523=x|803=1|523=y|448=B|447=D|452=1|";
    is("D", order + party, "ok");
    is("D", `${party}${order}`, "ok");
    is("D", order + party.replace("802=2", "802=1"), `16 802 ${COUNT}`);
    is("D", order + party.replace("453=2", "453=3"), `16 453 ${COUNT}`);
    is("D", order + party.replace("452=11", "452=x"), `6 452 ${FORMAT}`);
    is("D", order + party.replace("447=D|452=11", "452=11|447=D"), `15 447 ${GROUP_ORDER}`);
    is("D", `${order}78=1|79=A|539=1|524=P|525=D|538=1|804=1|545=s|805=2|80=7|`, "ok");
  });

  test("14m: a limit without Price, a stop without StopPx", () => {
    is("D", order.replace("40=1", "40=2"), "j 44 Conditionally Required Field Missing (44)");
    is("D", `${order.replace("40=1", "40=3")}44=1|`, "j 99 Conditionally Required Field Missing (99)");
    is("D", `${order.replace("40=1", "40=4")}44=1|99=2|`, "ok");
  });
});

test.each([
  ["20240229", true],
  ["20230229", false],
  ["20000229", true],
  ["21000229", false],
  ["20260230", false],
  ["20260228", true],
  ["20260431", false],
  ["20260430", true],
  ["20261231", true],
  ["20261301", false],
  ["20260100", false],
  ["2026013 ", false],
])("%s is a day that exists: %p", (day, exists) => {
  const expected = (tag: number): string => (exists ? "ok" : `6 ${tag} ${FORMAT}`);
  expect(judged("FIX.4.4", "D", `${ORDER.replace("20261124", day)}`)).toBe(expected(60));
  expect(judged("FIX.4.4", "D", `${ORDER}75=${day}|`)).toBe(expected(75));
  expect(judged("FIX.4.4", "D", `${ORDER}200=${day}|`)).toBe(expected(200));
});

test.each(["", ".1", ".123", ".123456", ".123456789", ".123456789012"])("a time may end with %p", (decimals) => {
  expect(judged("FIX.4.4", "D", ORDER.replace("01:02:03", `01:02:03${decimals}`))).toBe("ok");
});

test.each([".", ".1234567890123", ",123", ".12x"])("a time may not end with %p", (decimals) => {
  expect(judged("FIX.4.4", "D", ORDER.replace("01:02:03", `01:02:03${decimals}`))).toBe(`6 60 ${FORMAT}`);
});
