import { expect, test } from "bun:test";
import { NONE } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { type ClientDefinition, DefinedBuilder, placeProblem } from "../../src/gateway/definitions.ts";
import { DEFINITION_BYTES, putDefinition, readDefinition } from "../../src/record/definition.ts";

const AT = 64;

/** An agent that has two sessions, and what is put into its definition's place. */
function made() {
  const views = new Views(new SharedArrayBuffer(AT + DEFINITION_BYTES));
  const builder = new DefinedBuilder<ClientDefinition>(views, AT, (definition) => {
    const problem = placeProblem(definition, 2);
    if (problem !== "") throw new Error(problem);
    return definition.place;
  });
  const put = (id: number, place: number): void => putDefinition(views, AT, JSON.stringify({ id, place }));
  return { builder, put, text: () => readDefinition(views, AT) };
}

test("the definition of the session that the command names is built at its place, and nothing of it is left", () => {
  const { builder, put, text } = made();
  put(7, 2);
  expect(builder.build(7)).toBe(2);
  expect(text()).toBe("");
});

test("a definition of another session, or for another place, is refused with what was expected", () => {
  const { builder, put, text } = made();
  put(8, 2);
  expect(builder.build(7)).toBe(NONE);
  expect(text()).toBe("expected the definition of session 7, got that of 8");
  for (const place of [1, 3]) {
    put(7, place);
    expect(builder.build(7)).toBe(NONE);
    expect(text()).toBe(`expected place ${place} to be the next of its agent, got 2`);
  }
});

test("a definition that is not needed leaves nothing", () => {
  const { builder, put, text } = made();
  put(7, 2);
  builder.discard();
  expect(text()).toBe("");
});
