import fc from "fast-check";
import { builtIn } from "../../../src/fix/dictionary/built-in.ts";
import * as type from "../../../src/fix/dictionary/data-type.ts";
import type {
  DictionaryDescription,
  FieldDescription,
  MemberDescription,
} from "../../../src/fix/dictionary/description.ts";

/** One field of a made message. */
export interface Made {
  readonly tag: number;
  readonly value: string;
  /** Where it stands: in the message itself, or in a group, at which place of its entry. */
  readonly depth: number;
  readonly place: number;
  readonly required: boolean;
  readonly isCount: boolean;
}

export interface MadeMessage {
  readonly version: string;
  readonly msgType: string;
  readonly header: readonly Made[];
  readonly body: readonly Made[];
}

const BAD_FORMATS = new Map([
  [type.INT, "1a"],
  [type.UNSIGNED, "-1"],
  [type.DECIMAL, "+1.5"],
  [type.CHAR, "ab"],
  [type.BOOLEAN, "X"],
  [type.UTC_TIMESTAMP, "20261324-01:02:03"],
  [type.UTC_TIME, "24:00:00"],
  [type.DATE, "20260132"],
  [type.MONTH_YEAR, "202613"],
  [type.DAY_OF_MONTH, "32"],
  [type.TZ_TIME, "07:39"],
  [type.TZ_TIMESTAMP, "20261124-07:39"],
]);
const GOOD = new Map([
  [type.INT, ["-3", "0", "42"]],
  [type.UNSIGNED, ["0", "7"]],
  [type.DECIMAL, ["1", "-0.5", "002000.00", ".5"]],
  [type.CHAR, ["x", "7"]],
  [type.BOOLEAN, ["Y", "N"]],
  [type.UTC_TIMESTAMP, ["20261124-01:02:03", "20240229-23:59:60.123", "20261124-01:02:03.123456789"]],
  [type.UTC_TIME, ["01:02:03", "23:59:59.5"]],
  [type.DATE, ["20261124"]],
  [type.MONTH_YEAR, ["202611", "20261124", "202611w4"]],
  [type.DAY_OF_MONTH, ["1", "31"]],
  [type.TZ_TIME, ["07:39Z", "02:39:11-05", "15:39:11.25+08:30"]],
  [type.TZ_TIMESTAMP, ["20261124-07:39Z", "20261124-02:39:11-05"]],
]);

/** A value that a field may have. */
function good(field: FieldDescription): fc.Arbitrary<string> {
  if (field.values.length > 0) {
    const one = fc.constantFrom(...field.values);
    if (field.type !== type.MULTIPLE) return one;
    return fc.uniqueArray(one, { minLength: 1, maxLength: 3 }).map((values) => values.join(" "));
  }
  const known = GOOD.get(field.type);
  return known === undefined ? fc.constantFrom("A", "some text", "a=b") : fc.constantFrom(...known);
}

/** A value of the wrong form, undefined for fields that take any. */
export function badFormat(field: FieldDescription): string | undefined {
  return BAD_FORMATS.get(field.type);
}

/** Data and lengths belong together; the fields of the frame are added by whoever frames. */
const LEFT_OUT = [8, 9, 10, 35];

class Maker {
  private readonly fields: Map<number, FieldDescription>;

  constructor(private readonly description: DictionaryDescription) {
    this.fields = new Map(description.fields.map((field) => [field.tag, field]));
  }

  message(msgType: string): fc.Arbitrary<MadeMessage> {
    const { name: version, header, messages } = this.description;
    const members = messages.find((message) => message.msgType === msgType)!.members!;
    // What a limit or a stop requires is always there.
    const wanted = members.map((member) => ([44, 99].includes(member.tag) ? { ...member, required: true } : member));
    return fc.record({
      version: fc.constant(version),
      msgType: fc.constant(msgType),
      header: this.members(header, 0),
      body: this.members(wanted, 0),
    });
  }

  private members(members: readonly MemberDescription[], depth: number): fc.Arbitrary<Made[]> {
    const usable = members.filter(({ tag }) => !LEFT_OUT.includes(tag) && !this.isData(tag));
    const each = usable.map((member, i) =>
      member.required
        ? this.member(member, depth, i)
        : fc.oneof({ arbitrary: fc.constant([]), weight: 4 }, this.member(member, depth, i)),
    );
    return fc.tuple(...each).map((lists) => lists.flat());
  }

  private member(member: MemberDescription, depth: number, place: number): fc.Arbitrary<Made[]> {
    const { tag, required, group } = member;
    const made = (value: string): Made => ({ tag, value, depth, place, required, isCount: group !== undefined });
    if (group === undefined) return good(this.fields.get(tag)!).map((value) => [made(value)]);
    return fc
      .array(this.members(group, depth + 1), { maxLength: 2 })
      .map((entries) => [made(String(entries.length)), ...entries.flat()]);
  }

  private isData(tag: number): boolean {
    const isData = (other: number): boolean => this.fields.get(other)?.type === type.DATA;
    // A length stands before its data, and its tag is one less or, in older fields, one or two off.
    return isData(tag) || (this.fields.get(tag)?.type === type.UNSIGNED && [tag + 1, tag - 4, tag - 1].some(isData));
  }
}

const makers = new Map<string, Maker>();

/** Messages of a version and type that its built-in dictionary must take. */
export function madeMessage(version: string, msgType: string): fc.Arbitrary<MadeMessage> {
  if (!makers.has(version)) makers.set(version, new Maker(builtIn(version)!));
  return makers.get(version)!.message(msgType);
}

export function textOf(message: MadeMessage, header = message.header, body = message.body): string {
  return [`35=${message.msgType}`, ...[...header, ...body].map(({ tag, value }) => `${tag}=${value}`), ""].join("|");
}
