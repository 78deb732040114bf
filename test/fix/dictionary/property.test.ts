import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { BUILT_IN_VERSIONS, builtIn } from "../../../src/fix/dictionary/built-in.ts";
import { MULTIPLE } from "../../../src/fix/dictionary/data-type.ts";
import { STRICT, Validator } from "../../../src/fix/dictionary/validator.ts";
import { drawn } from "../../property.ts";
import { dictionaryOf, verdict } from "./check.ts";
import { badFormat, type Made, type MadeMessage, madeMessage, textOf } from "./made.ts";

// A message made from the dictionary is taken; with one thing changed, it is refused for that reason.

const RUNS = 10;

const kinds = BUILT_IN_VERSIONS.flatMap((version) =>
  builtIn(version)!
    .messages.filter(({ members }) => members !== null)
    .map(({ msgType }) => [version, msgType] as const),
);

function said(message: MadeMessage, body = message.body, header = message.header): string {
  return verdict(new Validator(dictionaryOf(message.version), STRICT), textOf(message, header, body));
}

/** Every message whose body can be changed this way, changed at each place where it can be. */
function changes(message: MadeMessage, at: (made: Made, index: number) => boolean): number[] {
  return message.body.flatMap((made, i) => (at(made, i) ? [i] : []));
}

const spliced = (body: readonly Made[], at: number, remove: number, ...insert: Made[]): Made[] =>
  body.toSpliced(at, remove, ...insert);

const start = (reason: number, tag: number): string => `${reason} ${tag} `;

describe.each(kinds)("%s %s", (version, msgType) => {
  const fieldOf = (tag: number) => builtIn(version)!.fields.find((field) => field.tag === tag)!;
  const fields = new Map(builtIn(version)!.fields.map((field) => [field.tag, field]));
  const holds = (check: (message: MadeMessage) => void): void =>
    fc.assert(fc.property(madeMessage(version, msgType), check), drawn(RUNS));

  test("made from the dictionary", () => holds((message) => expect(said(message)).toBe("ok")));

  test("changed in one place", () => {
    const members = builtIn(version)!.messages.find((message) => message.msgType === msgType)!.members!;
    const outside = new Set(members.map(({ tag }) => tag));
    holds((message) => {
      const { body } = message;
      for (const i of changes(message, ({ depth, isCount, required }) => depth === 0 && !isCount && required)) {
        if ([44, 99].includes(body[i]!.tag)) continue;
        expect(said(message, spliced(body, i, 1))).toStartWith(start(1, body[i]!.tag));
      }
      for (const i of changes(message, ({ depth, isCount }) => depth === 0 && !isCount)) {
        const { tag } = body[i]!;
        expect(said(message, spliced(body, i, 0, body[i]!))).toStartWith(start(13, tag));
      }
      for (const i of body.keys()) {
        const made = body[i]!;
        const field = fields.get(made.tag)!;
        const as = (value: string): Made[] => spliced(body, i, 1, { ...made, value });
        expect(said(message, as(""))).toStartWith(start(4, made.tag));
        const bad = badFormat(field);
        if (bad !== undefined) expect(said(message, as(bad))).toStartWith(start(6, made.tag));
        if (field.values.length > 0 && bad === undefined)
          expect(said(message, as("~~"))).toStartWith(start(5, made.tag));
        if (field.values.length > 0 && field.type === MULTIPLE)
          expect(said(message, as(`${made.value} ~`))).toStartWith(start(5, made.tag));
        if (made.isCount) {
          const more = said(message, as(String(Number(made.value) + 1)));
          expect(more).toStartWith(start(16, made.tag));
        }
        // Two fields of an entry that change places; not where the first would then belong to the entry before.
        const next = body[i + 1];
        if (next === undefined || made.depth === 0 || made.isCount || next.isCount) continue;
        if (next.depth !== made.depth || next.place <= made.place || outside.has(made.tag) || outside.has(next.tag))
          continue;
        const before = body[i - 1]!;
        if (made.place === 0 && !(before.isCount && before.depth < made.depth)) continue;
        expect(said(message, spliced(body, i, 2, next, made))).toStartWith("15 ");
      }
      const stranger: Made = { tag: 9999, value: "x", depth: 0, place: 0, required: false, isCount: false };
      expect(said(message, [...body, stranger])).toStartWith(start(0, 9999));
      expect(said(message, [], [...message.header, ...body.slice(0, 1), ...message.header.slice(0, 1)])).toMatch(
        body.length === 0 ? /^13 / : /^(13|14) /,
      );
    });
  });

  test("with a tag of another message", () => {
    const foreign = [112, 7, 98].find(
      (tag) =>
        !builtIn(version)!
          .messages.find((message) => message.msgType === msgType)!
          .members!.some((m) => m.tag === tag),
    )!;
    expect(fieldOf(foreign)).toBeDefined();
    holds((message) => {
      const made: Made = { tag: foreign, value: "1", depth: 0, place: 0, required: false, isCount: false };
      expect(said(message, [made, ...message.body])).toStartWith(start(2, foreign));
    });
  });
});
