import { describe, expect, test } from "bun:test";
import { Views } from "../../../src/base/views.ts";
import { frame } from "../../../src/counterparty/message.ts";
import { builtIn } from "../../../src/fix/dictionary/built-in.ts";
import { Dictionary } from "../../../src/fix/dictionary/dictionary.ts";
import { Aside } from "../../../src/fix/orders/aside.ts";
import { GROUPS_FAULTY, GroupReader } from "../../../src/fix/orders/groups-in.ts";
import { GroupWriter } from "../../../src/fix/orders/groups-out.ts";
import { type FieldChanges, MessageFields } from "../../../src/fix/orders/message-fields.ts";
import { Scanner } from "../../../src/fix/wire/scan.ts";
import { FIX44 } from "../../../src/fix/wire/version.ts";
import { GROUP_SLOT_BYTES, GROUP_TEXT_BYTES, GROUPS_TEXT_AT } from "../../../src/record/groups.ts";
import { dictionaryOf, HEAD } from "../dictionary/check.ts";
import { bytesOf, readable } from "../wire/messages.ts";

const ORDER = "11=A|55=X|54=1|60=20260102-10:00:00|40=1|38=5|";
const AT = 64;
const NOTHING = new Aside();
const EVERY = { user: true, unknown: true };
const NONE = { user: false, unknown: false };

function scanned(fields: string): Scanner {
  const scanner = new Scanner(65_536);
  const text = frame(fields);
  if (scanner.scan(bytesOf(text, 65_536), 0, text.length) !== text.length) throw new Error(`garbled: ${text}`);
  return scanner;
}

/** What a message's groups are as `from` has them: their text, or the fault. */
function read(from: Dictionary, body: string, type = "D"): { views: Views; length: number; said: string } {
  const reader = new GroupReader(from);
  const views = Views.allocate(AT + GROUP_SLOT_BYTES);
  const fault = reader.find(scanned(`35=${type}|${HEAD}${body}`));
  const length = fault === GROUPS_FAULTY ? fault : reader.take(views, AT, NOTHING);
  if (length === GROUPS_FAULTY) return { views, length, said: `${reader.reason} ${reader.refTag}` };
  const from0 = AT + GROUPS_TEXT_AT;
  return { views, length, said: length === 0 ? "" : readable(views.bytes, from0, from0 + views.ints[AT >> 2]!) };
}

/** What a message of `from` has beside its record as `to` has it, and the tag of a group that this does not know. */
function crossed(from: Dictionary, to: Dictionary, body: string, type = "D"): [string, number] {
  const { views, length, said } = read(from, body, type);
  if (length <= 0) throw new Error(`not read: ${said}`);
  const writer = new GroupWriter(to, new Scanner(65_536));
  writer.write(views, AT, new MessageFields(to, type.charCodeAt(0), FIX44, NONE));
  expect(writer.tooLong).toBe(false);
  return [readable(writer.bytes, 0, writer.length), writer.unknownTag];
}

const V42 = dictionaryOf("FIX.4.2");
const V43 = dictionaryOf("FIX.4.3");
const V44 = dictionaryOf("FIX.4.4");
const PARTIES = "453=2|448=A|447=D|452=13|802=2|523=S|803=2|523=T|448=B|447=C|452=4|";
const ALLOCS = "78=2|79=F|539=1|524=N|538=24|804=2|545=U|805=10|545=V|80=60|79=G|80=40|";

describe("data with a length that lies", () => {
  test.each([
    ["too long", "354=10|355=abc|851=1|", "354=3|355=abc|851=1|"],
    ["too short", "354=2|355=abc|851=1|", "354=3|355=abc|851=1|"],
    ["no number", "354=x|355=abc|851=1|", "354=3|355=abc|851=1|"],
    ["empty", "354=|355=abc|851=1|", "354=3|355=abc|851=1|"],
    ["missing", "355=abc|851=1|", "354=3|355=abc|851=1|"],
    ["without data", "354=3|851=1|", "851=1|"],
    ["wrong beside one that is right", "350=2|351=xy|354=7|355=abc|", "350=2|351=xy|354=3|355=abc|"],
    ["wrong in a group", "555=1|600=L|618=8|619=leg|623=1|851=1|", "555=1|600=L|618=3|619=leg|623=1|851=1|"],
    ["missing in a group", "555=1|600=L|619=leg|623=1|851=1|", "555=1|600=L|618=3|619=leg|623=1|851=1|"],
  ])("get the true one: %s", (_, body, passedOn) => {
    expect(read(V44, body, "8").said).toBe(passedOn);
    expect(crossed(V44, V44, body, "8")[0]).toBe(passedOn);
  });

  test("are left out where there is no room for one more length", () => {
    const { said } = read(V44, "355=a|351=b|349=c|353=d|357=e|359=f|361=g|363=h|365=i|", "8");
    expect(said).toBe(
      "354=1|355=a|350=1|351=b|348=1|349=c|352=1|353=d|356=1|357=e|358=1|359=f|360=1|361=g|364=1|365=i|",
    );
  });
});

describe("a scanner", () => {
  test("finds outside what it was told to hide", () => {
    const scan = scanned(`35=D|${HEAD}11=A|453=1|448=P|58=in|58=out|20000=in|54=1|20000=out|`);
    const at = (tag: number): string => {
      const field = scan.find(tag);
      return field < 0 ? "" : readable(scan.bytes, scan.starts[field]!, scan.ends[field]!);
    };
    scan.hide(scan.find(453), scan.find(20_000) - 1);
    expect([at(11), at(453), at(448), at(58), at(20_000), at(54)]).toEqual(["A", "", "", "out", "in", "1"]);
    scan.hide(scan.find(20_000), scan.find(54));
    expect(at(20_000)).toBe("out");
  });
});

describe("fields beside a record", () => {
  /** What a message has beside its record. */
  function beside(type: string, body: string, from = V44, aside = NOTHING): string {
    const views = Views.allocate(AT + GROUP_SLOT_BYTES);
    const reader = new GroupReader(from);
    expect(reader.find(scanned(`35=${type}|${HEAD}${body}`))).toBe(0);
    const length = reader.take(views, AT, aside);
    const from0 = AT + GROUPS_TEXT_AT;
    return length === 0 ? "" : readable(views.bytes, from0, from0 + views.ints[AT >> 2]!);
  }
  const ALL = "1=A|11=B|21=1|38=5|40=2|44=1|54=1|55=X|59=0|60=20260102-10:00:00|";

  test("are taken in their order, among groups", () => {
    expect(beside("D", `${ALL}18=G|${PARTIES}5001=a|111=2|`)).toBe(`18=G|${PARTIES}5001=a|111=2|`);
    expect(beside("D", ALL)).toBe("");
    expect(beside("D", `${ALL}1=A|0=x|`)).toBe("");
  });

  test.each([
    ["D", "21=2|60=x|", ""],
    ["D", "37=A|41=B|125=F|", "37=A|41=B|125=F|"],
    ["G", "37=A|41=B|21=1|", ""],
    ["F", "37=A|41=B|125=F|", ""],
    ["F", "125=P|", "125=P|"],
    ["F", "21=1|40=2|44=5|59=0|", "21=1|40=2|44=5|59=0|"],
    ["D", "50=S|57=T|115=O|128=P|1128=9|1129=x|1156=1|97=Y|", ""],
    ["D", "1127=x|2000=x|", "1127=x|2000=x|"],
    ["8", "1=A|6=1|11=B|14=1|17=E|19=D|20=0|31=1|32=1|37=O|38=1|39=0|150=0|151=1|54=1|55=X|58=t|59=0|60=x|103=1|", ""],
    ["8", "30=XNAS|75=20261124|198=S|434=1|851=2|", "30=XNAS|75=20261124|198=S|434=1|851=2|"],
    ["9", "1=A|11=B|37=O|39=0|41=C|58=t|60=x|102=1|434=1|", ""],
    ["9", "14=1|198=S|636=N|", "14=1|198=S|636=N|"],
  ])("of %s: %s", (type, body, expected) => {
    expect(beside(type, body)).toBe(expected);
  });

  test("are taken of a type that the dictionary does not have, too", () => {
    const own = new Dictionary({ ...builtIn("FIX.4.4")!, messages: [] });
    expect(beside("D", `${ALL}18=G|`, own)).toBe("18=G|");
  });

  test("are those of the dictionary's body, not of its header", () => {
    const base = builtIn("FIX.4.4")!;
    const own = new Dictionary({
      ...base,
      fields: [...base.fields, { tag: 25_000, type: 1, values: [] }],
      header: [...base.header, { tag: 25_000, required: false }],
    });
    expect(beside("D", `25000=5|${ALL}18=G|25001=6|`, own)).toBe("18=G|25001=6|");
  });

  test("are among them what the record has a place for and can't hold", () => {
    const aside = new Aside();
    aside.add(38);
    aside.add(60);
    expect(beside("D", `${ALL}18=G|`, V44, aside)).toBe("38=5|60=20260102-10:00:00|18=G|");
  });

  test("of a report with a group that can't be read: all of it, as it stands; a writer leaves the group out", () => {
    const scan = scanned(`35=8|${HEAD}17=E|453=3|448=A|447=D|452=1|30=XNAS|382=1|375=B|`);
    const reader = new GroupReader(V44);
    const views = Views.allocate(AT + GROUP_SLOT_BYTES);
    expect([reader.find(scan, true), reader.refTag]).toEqual([GROUPS_FAULTY, 453]);
    expect(reader.take(views, AT, NOTHING)).toBeGreaterThan(0);
    const from0 = AT + GROUPS_TEXT_AT;
    expect(readable(views.bytes, from0, from0 + views.ints[AT >> 2]!)).toBe(
      "453=3|448=A|447=D|452=1|30=XNAS|382=1|375=B|",
    );
    const writer = new GroupWriter(V44, new Scanner(65_536));
    writer.write(views, AT, new MessageFields(V44, 56, FIX44, EVERY));
    expect([readable(writer.bytes, 0, writer.length), writer.uncarriedTag]).toEqual(["30=XNAS|382=1|375=B|", 453]);
  });
});

/** What a venue or a client of `to` gets of the fields that a message of `from` has beside its record; the first that has no place. */
function told(
  from: string,
  to: string,
  body: string,
  type = "D",
  changes: Partial<FieldChanges> = {},
  passes = EVERY,
): [string, number] {
  const [a, b] = [dictionaryOf(from), dictionaryOf(to)];
  const reader = new GroupReader(a);
  const views = Views.allocate(AT + GROUP_SLOT_BYTES);
  expect(reader.find(scanned(`35=${type}|${HEAD}${body}`))).toBe(0);
  expect(reader.take(views, AT, NOTHING)).toBeGreaterThan(0);
  const writer = new GroupWriter(b, new Scanner(65_536));
  const all = { drop: [], rename: {}, set: {}, ...changes };
  writer.write(views, AT, new MessageFields(b, type.charCodeAt(0), FIX44, passes, [all]));
  return [readable(writer.bytes, 0, writer.length), writer.uncarriedTag];
}

describe("single fields are told to another version", () => {
  test("as they stand where it has them", () => {
    const all = "18=G|110=5|111=2|15=EUR|48=US0378331005|22=4|58=note|5001=x|";
    expect(told("FIX.4.4", "FIX.4.4", all)).toEqual([all, -1]);
    expect(told("FIX.4.4", "FIX.4.0", all)[0]).toBe(all);
  });

  test("the first that it does not have is named", () => {
    expect(told("FIX.4.4", "FIX.4.2", "18=G|847=1|848=V|")).toEqual(["18=G|", 847]);
    expect(told("FIX.4.4", "FIX.4.4", "37=A|")).toEqual(["", 37]);
    expect(told("FIX.4.4", "FIX.4.4", "1093=1|")).toEqual(["", 1093]);
  });

  test("what no version has is passed on where the peer takes it", () => {
    const body = "2362=1|4999=x|5000=y|25000=z|";
    expect(told("FIX.4.4", "FIX.4.4", body)).toEqual([body, -1]);
    expect(told("FIX.4.4", "FIX.4.4", body, "D", {}, { user: true, unknown: false })).toEqual([
      "5000=y|25000=z|",
      2362,
    ]);
    expect(told("FIX.4.4", "FIX.4.4", body, "D", {}, { user: false, unknown: true })).toEqual(["2362=1|4999=x|", 5000]);
  });

  test.each([
    ["FIX.4.2", "FIX.4.4", "47=A|", "528=A|"],
    ["FIX.4.2", "FIX.4.4", "47=J|", "528=I|529=1 2|"],
    ["FIX.4.4", "FIX.4.2", "528=P|", "47=P|"],
    ["FIX.4.4", "FIX.4.2", "529=1 3|528=A|", "47=Y|"],
    ["FIX.4.2", "FIX.4.4", "204=1|", "528=P|"],
    ["FIX.5.0", "FIX.4.4", "1138=50|", "210=50|"],
    ["FIX.4.2", "FIX.4.3", "201=0|", "461=OPXXXX|"],
    ["FIX.4.3", "FIX.4.2", "461=OCXXXX|", "201=1|"],
    ["FIX.4.3", "FIX.4.4", "465=6|", "854=1|"],
    ["FIX.4.4", "FIX.4.3", "854=0|", "465=1|"],
    ["FIX.4.2", "FIX.4.4", "200=203012|205=5|", "200=203012|541=20301205|"],
    ["FIX.4.4", "FIX.4.2", "541=20301205|", "200=203012|205=05|"],
    ["FIX.4.4", "FIX.4.2", "200=203012|541=20301205|", "200=203012|205=05|"],
    ["FIX.4.4", "FIX.4.2", "200=20301205|", "200=203012|205=05|"],
    ["FIX.4.2", "FIX.4.4", "167=RP|", "167=REPO|"],
    ["FIX.4.4", "FIX.4.2", "167=REPO|", "167=RP|"],
    ["FIX.4.2", "FIX.4.4", "167=CS|", "167=CS|"],
    ["FIX.4.2", "FIX.4.4", "109=C|18=G|76=B|", "453=2|448=B|447=D|452=1|448=C|447=D|452=3|18=G|"],
  ])("%s to %s: %s is %s", (from, to, body, expected) => {
    expect(told(from, to, body)).toEqual([expected, -1]);
  });

  test.each([
    ["FIX.4.2", "FIX.4.4", "47=B|", 47],
    ["FIX.4.4", "FIX.4.2", "528=G|", 528],
    ["FIX.4.4", "FIX.4.2", "528=A|529=7|", 528],
    ["FIX.4.4", "FIX.4.2", "529=1|", 529],
    ["FIX.4.3", "FIX.4.2", "461=ESVUFR|", 461],
    ["FIX.4.4", "FIX.4.2", "541=20301205|200=203011|", 541],
    ["FIX.4.2", "FIX.4.4", "205=5|", 205],
  ])("%s to %s: %s has no other name, and is named", (from, to, body, tag) => {
    expect(told(from, to, body)[1]).toBe(tag);
  });

  test("a venue's configuration drops, renames and fixes them, whatever its version has", () => {
    const changes = { drop: [18, 111], rename: { 5001: 9001, 847: 9847 }, set: { 100: "XNAS" } };
    expect(told("FIX.4.4", "FIX.4.2", "18=G|111=2|5001=x|847=1|100=XLON|15=EUR|", "D", changes)).toEqual([
      "9001=x|9847=1|15=EUR|",
      -1,
    ]);
  });

  test("a report's, too", () => {
    const fill = "30=XNAS|75=20301231|64=20301231|29=1|12=1|13=1|";
    expect(told("FIX.4.4", "FIX.4.4", `${fill}851=2|`, "8")).toEqual([`${fill}851=2|`, -1]);
    expect(told("FIX.4.4", "FIX.4.2", `${fill}851=2|`, "8")).toEqual([fill, 851]);
  });
});

describe("groups are taken out of a message", () => {
  test("whole, in their order, wherever they stand in the body", () => {
    expect(read(V44, ORDER + PARTIES + ALLOCS).said).toBe(PARTIES + ALLOCS);
    expect(read(V44, `${PARTIES}11=A|${ALLOCS}54=1|386=1|336=DAY|`).said).toBe(`${PARTIES}${ALLOCS}386=1|336=DAY|`);
    expect(read(V44, ORDER).length).toBe(0);
    expect(read(V44, `${ORDER}453=0|`).said).toBe("453=0|");
  });

  test("only those of the version; nothing of them is found as the message's own afterwards", () => {
    expect(read(V42, ORDER + PARTIES.slice(0, 0) + "386=2|336=A|336=B|").said).toBe("386=2|336=A|336=B|");
    const scan = scanned(`35=D|${HEAD}${ORDER}${PARTIES}`);
    new GroupReader(V44).find(scan);
    expect([scan.find(453), scan.find(448), scan.find(523)]).toEqual([-1, -1, -1]);
    expect(scan.find(11)).toBeGreaterThan(0);
  });

  test("with data that has a SOH in it", () => {
    const underlyings = "711=2|311=L|362=5|363=a\x01b\x01c|307=d|311=M|";
    expect(read(V44, ORDER + underlyings).said).toBe(underlyings.replaceAll("\x01", "|"));
    expect(crossed(V44, V44, ORDER + underlyings)[0]).toBe(underlyings.replaceAll("\x01", "|"));
  });

  test("what no table knows belongs to an entry when one of its members or the next entry follows", () => {
    const odd = "453=2|448=A|9001=x|452=1|9002=y|448=B|452=2|";
    expect(read(V44, `${ORDER}${odd}9003=z|`).said).toBe(`${odd}9003=z|`);
    expect(crossed(V44, V44, `${ORDER}${odd}9003=z|`)[1]).toBe(9001);
  });

  test.each([
    ["453=3|448=A|448=B|", "16 453"],
    ["453=1|448=A|448=B|", "16 453"],
    ["453=x|448=A|", "16 453"],
    ["453=1|452=1|448=A|", "16 453"],
    ["453=1|448=A|447=D|447=D|", "13 447"],
    ["453=1|448=A|802=2|523=S|452=1|", "16 802"],
    ["453=1|448=A|54=1|453=1|448=A|", "13 453"],
  ])("%s is no group: %s", (groups, fault) => {
    expect(read(V44, groups).said).toBe(fault);
  });

  test("none is cut: up to so many bytes and fields, and not one more", () => {
    const of = (bytes: number): string => `453=1|448=${"x".repeat(bytes - "453=1|448=|".length)}|`;
    expect(read(V44, of(GROUP_TEXT_BYTES)).said).toBe(of(GROUP_TEXT_BYTES));
    expect(read(V44, of(GROUP_TEXT_BYTES + 1)).said).toBe("5 453");
    expect(read(V44, `386=1|336=A|${of(GROUP_TEXT_BYTES - 5)}`).said).toBe("5 453");
    const many = (entries: number): string => `386=${entries}|${"336=A|".repeat(entries)}`;
    const most = Math.floor((GROUP_TEXT_BYTES - "386=1000|".length) / "336=A|".length);
    expect(read(V44, many(most)).length).toBeLessThanOrEqual(GROUP_SLOT_BYTES);
    expect(read(V44, many(most)).said).toBe(many(most));
    expect(read(V44, many(most + 1)).said).toBe("5 386");
  });
});

describe("groups are told to another version", () => {
  test("the same one has them as they were", () => {
    expect(crossed(V44, V44, ORDER + PARTIES + ALLOCS)).toEqual([PARTIES + ALLOCS, 0]);
  });

  test("one that doesn't have a group leaves it out, and says which", () => {
    expect(crossed(V44, V42, `${ORDER}${PARTIES}386=1|336=A|`)).toEqual(["386=1|336=A|", 453]);
  });

  test("of a group that both have, members that one doesn't have are left out", () => {
    expect(crossed(V44, V42, ORDER + ALLOCS)).toEqual(["78=2|79=F|80=60|79=G|80=40|", 539]);
    expect(crossed(V44, V42, `${ORDER}386=1|336=A|625=B|`)).toEqual(["386=1|336=A|", 625]);
  });

  test("4.3 has one sub id in a party, later ones a group of them: one without a type is the same", () => {
    const old = "453=2|448=A|447=D|452=13|523=S|448=B|452=4|";
    const late = "453=2|448=A|447=D|452=13|802=1|523=S|448=B|452=4|";
    expect(crossed(V43, V44, ORDER + old)).toEqual([late, 0]);
    expect(crossed(V44, V43, ORDER + late)).toEqual([old, 0]);
    expect(crossed(V44, V43, ORDER + late.replace("523=S|", "523=S|803=2|"))).toEqual([old, 803]);
    expect(crossed(V44, V43, ORDER + PARTIES)).toEqual(["453=2|448=A|447=D|452=13|448=B|447=C|452=4|", 802]);
    const allocs = "78=1|79=F|539=1|524=N|538=24|545=U|80=1|";
    expect(crossed(V43, V44, ORDER + allocs)).toEqual([allocs.replace("545=U|", "804=1|545=U|"), 0]);
    expect(crossed(V44, V43, ORDER + allocs.replace("545=U|", "804=1|545=U|"))).toEqual([allocs, 0]);
  });

  test("before 4.3 a client, an executing and a clearing firm are fields, where nothing of the party is lost", () => {
    const party = (id: string, role: number, more = "447=D|"): string => `448=${id}|${more}452=${role}|`;
    const of = (...parties: string[]): string => `${ORDER}453=${parties.length}|${parties.join("")}`;
    expect(crossed(V44, V42, of(party("X", 1), party("C", 3), party("F", 4, "")))).toEqual(["76=X|109=C|439=F|", 0]);
    expect(crossed(V44, dictionaryOf("FIX.4.0"), of(party("C", 3), party("F", 4)))).toEqual(["109=C|", 453]);
    expect(crossed(V44, V42, of(party("C", 3), party("D", 3)))).toEqual(["109=C|", 453]);
    expect(crossed(V44, V42, of(party("C", 3, "447=B|")))).toEqual(["", 453]);
    expect(crossed(V44, V42, of(`${party("C", 3)}802=1|523=S|`))).toEqual(["", 453]);
    expect(crossed(V44, V42, of(party("T", 12), party("C", 3)))).toEqual(["109=C|", 453]);
  });

  test("members stand in the other's order, and entries without its first member are none", () => {
    const dialect = (members: number[], more: number[] = []): Dictionary => {
      const base = builtIn("FIX.4.4")!;
      const group = members.map((tag) => ({ tag, required: false }));
      const fields = [...base.fields, ...[...more, 20_001].map((tag) => ({ tag, type: 1, values: [] }))];
      const messages = [{ msgType: "D", members: [{ tag: 20_001, required: false, group }] }];
      return new Dictionary({ ...base, fields, messages });
    };
    const a = dialect([448, 447, 452, 20_002], [20_002]);
    const b = dialect([447, 448, 452]);
    const body = "20001=3|448=A|447=D|452=1|448=B|448=C|447=E|20002=x|";
    expect(crossed(a, b, body)).toEqual(["20001=2|447=D|448=A|452=1|447=E|448=C|", 448]);
    expect(crossed(a, a, body)).toEqual([body, 0]);
    expect(crossed(a, b, "20001=1|448=A|")).toEqual(["", 448]);
  });

  test("reports: contra brokers and fees as each version's reports have them", () => {
    const contras = "382=1|375=B|337=T|437=5|438=20260102-10:00:00|655=L|";
    const fees = "136=1|137=1|138=USD|139=4|";
    expect(crossed(V44, V44, contras + fees, "8")).toEqual([contras + fees, 0]);
    expect(crossed(V44, V42, contras + fees, "8")).toEqual([contras.replace("655=L|", ""), 655]);
    expect(crossed(V44, dictionaryOf("FIX.4.0"), contras + fees, "8")).toEqual([fees, 382]);
  });
});
