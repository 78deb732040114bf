import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { builtIn } from "../../../../src/fix/dictionary/built-in.ts";
import type { DictionaryDescription, MemberDescription } from "../../../../src/fix/dictionary/description.ts";
import { Dictionary } from "../../../../src/fix/dictionary/dictionary.ts";
import { STRICT, Validator } from "../../../../src/fix/dictionary/validator.ts";
import { withTransport } from "../../../../src/fix/dictionary/xml/combine.ts";
import { readQuickfixXml } from "../../../../src/fix/dictionary/xml/quickfix-xml.ts";
import { XmlProblem } from "../../../../src/fix/dictionary/xml/xml-tree.ts";
import { HEAD, verdict } from "../check.ts";
import { VENUE_XML } from "./venue-xml.ts";

/** Beside the repository, or one folder further up. */
const SPEC =
  ["../../..", "../../../.."].map((up) => join(import.meta.dir, up, "shared/fix-at/quickfix/spec")).find(existsSync) ??
  "";

function judged(description: DictionaryDescription, type: string, body: string): string {
  return verdict(new Validator(new Dictionary(description), STRICT), `35=${type}|${HEAD}${body}`);
}

describe("a venue's dialect", () => {
  const dialect = readQuickfixXml(VENUE_XML, "venue.xml");

  test.each([
    ["D", "11=a|55=X|54=1|", "ok"],
    ["D", "11=a|55=X|54=3|", "5 54 Value is incorrect (out of range) for this tag"],
    ["D", "11=a|54=1|", "1 55 Required tag missing"],
    ["D", "11=a|55=X|54=1|20001=7|9303=HID AON|", "ok"],
    ["D", "11=a|55=X|54=1|9303=HID FOK|", "5 9303 Value is incorrect (out of range) for this tag"],
    ["D", "11=a|55=X|54=1|9303=HID |", "5 9303 Value is incorrect (out of range) for this tag"],
    ["D", "11=a|55=X|54=1|20001=x|", "6 20001 Incorrect data format for value"],
    ["D", "11=a|55=X|54=1|20002=x|", "0 20002 Invalid tag number"],
    ["0", "20001=7|", "2 20001 Tag not defined for this message type"],
    ["D", "11=a|55=X|54=1|453=2|448=P|452=1|802=1|523=s|448=Q|452=2|", "ok"],
    ["D", "11=a|55=X|54=1|453=1|448=P|", "1 452 Required tag missing"],
    ["D", "11=a|55=X|54=1|453=1|448=P|452=1|802=2|523=s|", "16 802 Incorrect NumInGroup count for repeating group"],
    ["UCALL", "20001=1|", "ok"],
    ["UCALL", "", "1 20001 Required tag missing"],
    ["UCALLS", "20001=1|", "11 0 Invalid MsgType"],
    ["F", "", "11 0 Invalid MsgType"],
  ])("35=%s %s: %s", (type, body, expected) => expect(judged(dialect, type, body)).toBe(expected));

  test("a component that is not required brings no required fields into a message", () => {
    const parties = dialect.messages.find(({ msgType }) => msgType === "D")!.members!.find(({ tag }) => tag === 453)!;
    expect(parties.required).toBe(false);
    expect(parties.group!.map(({ required }) => required)).toEqual([true, true, false]);
  });
});

test("an application dictionary gets header, trailer and session messages from a transport dictionary", () => {
  const application = readQuickfixXml(
    VENUE_XML.replace(/<header>[\s\S]*?<\/header>/, "<header/>").replace(/<message name="Heart[\s\S]*?<\/message>/, ""),
    "app.xml",
  );
  const whole = withTransport(application, builtIn("FIX.5.0SP2")!);
  expect(judged(whole, "D", "11=a|55=X|54=1|20001=7|")).toBe("ok");
  expect(judged(whole, "0", "112=x|1128=9|")).toStartWith("14 1128 ");
  expect(verdict(new Validator(new Dictionary(whole), STRICT), `35=0|1128=9|${HEAD}112=x|`)).toBe("ok");
  expect(judged(whole, "A", "98=0|108=30|")).toBe("1 1137 Required tag missing");
  expect(judged(whole, "F", "")).toBe("11 0 Invalid MsgType");
});

describe("what is wrong is told with its line", () => {
  const changed = (from: string, to: string): string => {
    expect(VENUE_XML).toContain(from);
    return VENUE_XML.replace(from, to);
  };
  const line = (text: string): number => VENUE_XML.slice(0, VENUE_XML.indexOf(text)).split("\n").length;
  test.each([
    [
      '<field name="Side" required="Y"/>',
      '<field name="Sides" required="Y"/>',
      'message NewOrderSingle: expected a field of <fields>, got "Sides"',
    ],
    [
      '<component name="Parties" required="N"/>',
      '<component name="Party" required="N"/>',
      'message NewOrderSingle: expected a component of <components>, got "Party"',
    ],
    [
      '<field name="Side" required="Y"/>',
      '<field name="Side" required="yes"/>',
      "<field>: expected required='Y' or 'N', got \"yes\"",
    ],
    ['<field name="Side" required="Y"/>', '<field required="Y"/>', "<field>: expected the attribute name, got none"],
    ['type="SEQNUM"', 'type="SEQ"', 'got "SEQ"'],
    ['number="43"', 'number="x"', 'field PossDupFlag: expected a number from 1 to 99999999, got "x"'],
    ['number="43"', 'number="34"', "expected each number once, got 34 again (it is MsgSeqNum)"],
    ['msgtype="UCALL"', 'msgtype="D"', 'expected each msgtype once, got "D" again'],
    [
      '<component name="PartySubs" required="N"/>',
      '<component name="Parties" required="N"/>',
      "component Parties: expected others inside it, got itself (Parties)",
    ],
    [
      '<field name="TestReqID" required="N"/>',
      '<fields name="TestReqID"/>',
      "message Heartbeat: expected <field>, <group> or <component>, got <fields>",
    ],
  ])("%s as %s", (from, to, expected) => {
    let problem: unknown;
    try {
      readQuickfixXml(changed(from, to), "venue.xml");
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(XmlProblem);
    expect((problem as XmlProblem).message).toContain(expected);
    expect((problem as XmlProblem).line).toBe(line(from));
  });

  test.each([
    ["<fix>", "expected well-formed XML"],
    ["", ""],
    ["<dictionary/>", "expected the root element <fix>, got <dictionary>"],
    ["<fix></fix>", "expected a <fields> section, got none"],
  ])("%p as a whole", (text, expected) => expect(() => readQuickfixXml(text, "x")).toThrow(expected));
});

/** Members as text, without what the built-in tables add: the first field of an entry must be there. */
function plain(members: readonly MemberDescription[], top = true): string[] {
  const texts = members.map(
    ({ tag, required, group }) =>
      `${tag}${required && top ? "!" : ""}${group === undefined ? "" : `(${plain(group, false).join(" ")})`}`,
  );
  return top ? texts.toSorted() : texts;
}

describe.if(SPEC !== "")("the dictionaries of QuickFIX", () => {
  test.each([
    ["FIX42.xml", "FIX.4.2"],
    ["FIX44.xml", "FIX.4.4"],
  ])("%s says what the built-in tables say", (file, version) => {
    const theirs = readQuickfixXml(readFileSync(join(SPEC, file), "utf8"), file);
    const ours = builtIn(version)!;
    expect(plain(ours.header)).toEqual(plain(theirs.header));
    expect(plain(ours.trailer)).toEqual(plain(theirs.trailer));
    expect(ours.fields.map(({ tag }) => tag).toSorted()).toEqual(theirs.fields.map(({ tag }) => tag).toSorted());
    const used = new Set<number>();
    const note = ({ tag, group }: MemberDescription): void => {
      used.add(tag);
      group?.forEach(note);
    };
    for (const { msgType, members } of ours.messages) {
      const other = theirs.messages.find((message) => message.msgType === msgType)!;
      if (members === null) continue;
      members.forEach(note);
      expect([msgType, ...plain(members)]).toEqual([msgType, ...plain(other.members!)]);
    }
    // Y and N are a boolean's form.
    const values = (from: DictionaryDescription, tag: number): string[] =>
      from.fields
        .find((field) => field.tag === tag)!
        .values.filter((value) => !/^[YN]$/.test(value))
        .toSorted();
    for (const tag of used) if (!OPEN.has(tag)) expect([tag, values(ours, tag)]).toEqual([tag, values(theirs, tag)]);
    expect(judged(theirs, "D", "11=ID|21=1|38=100|40=1|54=1|55=INTC|60=20261124-01:02:03|")).toBe("ok");
  });
});

/** SettlCurrFxRateCalc: the files give its values from FIX.4.3 on only. */
const OPEN = new Set([156]);
