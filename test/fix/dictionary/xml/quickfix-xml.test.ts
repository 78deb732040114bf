import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { builtIn } from "../../../../src/fix/dictionary/built-in.ts";
import type { DictionaryDescription, MemberDescription } from "../../../../src/fix/dictionary/description.ts";
import { Dictionary } from "../../../../src/fix/dictionary/dictionary.ts";
import { STRICT, Validator } from "../../../../src/fix/dictionary/validator.ts";
import { withTransport } from "../../../../src/fix/dictionary/xml/combine.ts";
import { readQuickfixXml, type XmlWarning } from "../../../../src/fix/dictionary/xml/quickfix-xml.ts";
import { XmlProblem } from "../../../../src/fix/dictionary/xml/xml-tree.ts";
import { HEAD, verdict } from "../check.ts";
import { EXCHANGE_XML } from "./exchange-xml.ts";
import { VENUE_XML } from "./venue-xml.ts";

/** Beside the repository, or one folder further up. */
const SPEC =
  ["../../../../..", "../../../../../.."]
    .map((up) => join(import.meta.dir, up, "shared/fix-at/quickfix/spec"))
    .find(existsSync) ?? "";

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

test("a separate transport dictionary brings its header and its session messages", () => {
  const application = readQuickfixXml(
    VENUE_XML.replace(/<header>[\s\S]*?<\/header>/, "<header/>").replace(/<message name="Heart[\s\S]*?<\/message>/, ""),
    "app.xml",
  );
  const transport = readQuickfixXml(
    EXCHANGE_XML.replace('type="FIX" major="4"', 'type="FIXT" major="1"'),
    "session.xml",
  );
  const whole = withTransport(application, transport);
  const inHeader = (type: string, body: string): string =>
    verdict(new Validator(new Dictionary(whole), STRICT), `35=${type}|25000=1.5|${HEAD}${body}`);
  const LOGON = "98=0|108=30|95=1|96=x|553=me|";
  expect(inHeader("D", "11=a|55=X|54=1|20001=7|")).toBe("ok");
  expect(inHeader("A", `${LOGON}25035=1|`)).toBe("ok");
  expect(inHeader("A", LOGON)).toBe("1 25035 Required tag missing");
  // The application's tags are none of the session's, nor the other way round.
  expect(inHeader("A", `${LOGON}25035=1|20001=7|`)).toBe("0 20001 Invalid tag number");
  expect(inHeader("D", "11=a|55=X|54=1|25035=1|")).toBe("2 25035 Tag not defined for this message type");
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

const changed = (from: string, to: string): string => {
  expect(VENUE_XML).toContain(from);
  return VENUE_XML.replace(from, to);
};
const line = (text: string): number => VENUE_XML.slice(0, VENUE_XML.indexOf(text)).split("\n").length;

describe("what QuickFIX loads is loaded, with a warning where its meaning is in doubt", () => {
  const SIDE = '<field name="Side" required="Y"/>';
  const SUB_ID = '<field name="PartySubID" required="Y"/>';
  const MODE = '<field number="20001" name="VenueMode" type="INT"/>';
  const ORDER = "11=a|55=X|54=1|";

  /** A change, the warning it brings, and messages with the verdict on each. */
  test.each<[what: string, from: string, to: string, warning: string | null, ...judged: [string, string, string][]]>([
    [
      "a tag twice in a message",
      SIDE,
      `<field name="Side" required="N"/>${SIDE}`,
      "message NewOrderSingle has tag 54 again: it is one field, required when any is",
      ["D", ORDER, "ok"],
      ["D", "11=a|55=X|", "1 54 Required tag missing"],
    ],
    [
      "a tag directly and through a component",
      SIDE,
      `${SIDE}<field name="Symbol" required="N"/>`,
      "message NewOrderSingle has tag 55 again: it is one field, required when any is",
      ["D", ORDER, "ok"],
      ["D", "11=a|54=1|", "1 55 Required tag missing"],
    ],
    [
      "a tag twice in a group",
      SUB_ID,
      `${SUB_ID}${SUB_ID}`,
      "group NoPartySubIDs has tag 523 again: it is one field, required when any is",
      ["D", `${ORDER}453=1|448=P|452=1|802=2|523=s|523=t|`, "ok"],
    ],
    [
      "a group in two components with other members",
      SIDE,
      `${SIDE}<group name="NoPartyIDs" required="N"><field name="PartyID" required="Y"/><field name="VenueMode" required="Y"/></group>`,
      "message NewOrderSingle has group 453 again: its entries may have the members of all",
      ["D", `${ORDER}453=2|448=P|452=1|448=Q|20001=1|`, "ok"],
      ["D", `${ORDER}453=2|448=P|452=1|448=Q|523=1|`, "2 523 Tag not defined for this message type"],
    ],
    [
      "a group without fields",
      '<field name="VenueMode" required="Y"/>',
      '<group name="VenueMode" required="Y"/>',
      "group VenueMode has no fields: it is a field that counts nothing",
      ["UCALL", "20001=3|", "ok"],
      ["UCALL", "", "1 20001 Required tag missing"],
    ],
    [
      "a number with two names",
      MODE,
      `${MODE}<field number="20001" name="VenueModus" type="CHAR"><value enum="A"/></field>`,
      "number 20001 is a field again: the last type is taken, with the values of all",
      ["D", `${ORDER}20001=A|`, "ok"],
      ["D", `${ORDER}20001=B|`, "5 20001 Value is incorrect (out of range) for this tag"],
    ],
    [
      "a name with two numbers",
      MODE,
      `${MODE}<field number="20002" name="VenueMode" type="INT"/>`,
      "field VenueMode is 20001 and 20002: messages with this name have the first number",
      ["D", `${ORDER}20001=1|`, "ok"],
      ["D", `${ORDER}20002=1|`, "2 20002 Tag not defined for this message type"],
    ],
    [
      "a component twice",
      '<component name="PartySubs">',
      '<component name="Instrument"><field name="Side" required="Y"/></component><component name="PartySubs">',
      "component Instrument is there again: the first one is taken",
      ["D", ORDER, "ok"],
    ],
    [
      "a message twice",
      '<message name="VenueCall" msgtype="UCALL" msgcat="app">',
      '<message name="VenueCall" msgtype="D" msgcat="app">',
      'msgtype "D" is there again: the message has the fields of all of them',
      ["D", ORDER, "1 20001 Required tag missing"],
      ["D", `${ORDER}20001=1|`, "ok"],
    ],
    [
      "an unknown type",
      'name="VenueMode" type="INT"',
      'name="VenueMode" type="FANCY"',
      'field VenueMode has the unknown type "FANCY": it is text, and any value is accepted',
      ["D", `${ORDER}20001=any thing|`, "ok"],
    ],
    [
      "conditionally required",
      SIDE,
      '<field name="Side" required="C"/>',
      '<field> has required="C": it is not required',
      ["D", "11=a|55=X|", "ok"],
    ],
    ["required in small letters", SIDE, '<field name="Side" required="n"/>', null, ["D", "11=a|55=X|", "ok"]],
    [
      "required in small letters",
      SIDE,
      '<field name="Side" required="y"/>',
      null,
      ["D", "11=a|55=X|", "1 54 Required tag missing"],
    ],
    [
      "a type with a dash",
      'name="VenueMode" type="INT"',
      'name="VenueMode" type="Month-Year"',
      null,
      ["D", `${ORDER}20001=202612|`, "ok"],
      ["D", `${ORDER}20001=202613|`, "6 20001 Incorrect data format for value"],
    ],
    [
      "a type of 5.0",
      'name="VenueMode" type="INT"',
      'name="VenueMode" type="XIDREF"',
      null,
      ["D", `${ORDER}20001=x|`, "ok"],
    ],
    [
      "values that need not be these",
      '<field number="54" name="Side" type="CHAR">',
      '<field number="54" name="Side" type="CHAR" allowOtherValues="true">',
      null,
      ["D", "11=a|55=X|54=3|", "ok"],
    ],
    [
      "an element of no meaning",
      '<field name="TestReqID" required="N"/>',
      '<field name="TestReqID" required="N"/><note/>',
      "expected <field> or <group> or <component>, got <note>: it is ignored, with all in it",
      ["0", "112=x|", "ok"],
    ],
    [
      "a header field in a message, too",
      SIDE,
      `${SIDE}<field name="SendingTime" required="Y"/><field name="PossDupFlag" required="N"/>`,
      null,
      ["D", ORDER, "ok"],
    ],
  ])("%s", (_, from, to, warning, ...judgements) => {
    const warnings: XmlWarning[] = [];
    const dialect = readQuickfixXml(changed(from, to), "venue.xml", warnings);
    expect(warnings.map(({ what }) => what)).toEqual(warning === null ? [] : [warning]);
    for (const [type, body, expected] of judgements)
      expect([body, judged(dialect, type, body)]).toEqual([body, expected]);
  });

  test("the same doubt many times is one warning, with the first line", () => {
    const warnings: XmlWarning[] = [];
    readQuickfixXml(VENUE_XML.replaceAll('required="N"', 'required="maybe"'), "venue.xml", warnings);
    const lines = VENUE_XML.split("\n").flatMap((one, i) => (one.includes('required="N"') ? [i + 1] : []));
    expect(warnings).toEqual([
      {
        line: lines[0]!,
        what: `<field> has required="maybe": it is not required (${lines.length - 1} more such lines)`,
      },
    ]);
  });
});

describe("what is wrong is told with its line", () => {
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
    ['<field name="Side" required="Y"/>', '<field required="Y"/>', "<field>: expected the attribute name, got none"],
    ['number="43"', 'number="x"', 'field PossDupFlag: expected a number from 1 to 99999999, got "x"'],
    ['msgtype="UCALL"', 'msgtype="U CALL"', 'expected a msgtype of 1 to 32 printable characters, got "U CALL"'],
    [
      '<component name="PartySubs" required="N"/>',
      '<component name="Parties" required="N"/>',
      "component Parties: expected others inside it, got itself (Parties)",
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
