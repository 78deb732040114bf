import { type Static, type TSchema, t } from "elysia";

/** Why an operator does something; the journal keeps it. */
export const why = t.String({
  description: "Why it is done; the journal keeps it.",
  minLength: 1,
  maxLength: 200,
  pattern: "^[^\\u0000-\\u001f\\u007f]*$",
});

/** One of a few words. */
export function oneOf<const T extends readonly string[]>(words: T) {
  return t.Unsafe<T[number]>(t.Union(words.map((word) => t.Literal(word))));
}

/** The answer that every error has. */
export const failureSchema = t.Object({
  error: t.Object({
    code: t.String({ description: "A stable word for programs." }),
    message: t.String({ description: "What was expected and what was got." }),
    where: t.Optional(t.String({ description: "The field, parameter or header at fault." })),
  }),
});

const actionAnswer = t.Object(
  {
    action: t.Number({ description: "The action's number in the journal: microseconds since 1970." }),
    result: t.Union([t.Literal("applied"), t.Literal("unchanged")]),
    old: t.Optional(t.Unknown()),
    new: t.Optional(t.Unknown()),
    // What an answer has besides must be named here: the rest is left out.
    changes: t.Optional(t.Unknown({ description: "Each change of a setting, with its old and its new value." })),
    canceled: t.Optional(
      t.Unknown({ description: "Of a cancel of many: how many match, were asked, were not, and why." }),
    ),
  },
  // With true in its place Elysia would remove what an action answers beside.
  { additionalProperties: t.Unknown() },
);

export const confirmationSchema = t.Object({
  confirmation: t.Number({ description: "POST /v1/confirmations/{id} by a second person does it." }),
  action: t.String(),
  target: t.String(),
  why: t.String(),
  who: t.String(),
  old: t.Optional(t.Unknown()),
  new: t.Optional(t.Unknown()),
  askedAt: t.String(),
  expiresAt: t.String(),
});

/** Answers of a path that reads: what it has, and the errors that every path may give. */
export function answers<T extends TSchema>(ok: T) {
  return {
    200: ok,
    400: failureSchema,
    401: failureSchema,
    403: failureSchema,
    404: failureSchema,
    415: failureSchema,
    429: failureSchema,
  };
}

/** The documented answers of a path whose body may be something else than JSON, by the types that it may have. */
export function documentedAs(description: string, types: readonly string[], failures: readonly number[]) {
  const content = Object.fromEntries(
    types.map((type) => [type, { schema: type === "application/json" ? {} : { type: "string" as const } }]),
  );
  const failure = { description: "Refused.", content: { "application/json": { schema: failureSchema } } };
  return { 200: { description, content }, ...Object.fromEntries(failures.map((status) => [status, failure])) };
}

/** Answers of a path that reads the journal in another process. */
export function readingAnswers<T extends TSchema>(ok: T) {
  return { ...answers(ok), 500: failureSchema, 504: failureSchema };
}

/** Answers of an action. */
export const actionAnswers = {
  ...answers(actionAnswer),
  202: confirmationSchema,
  409: failureSchema,
  413: t.Unknown({ description: "The body is longer than admin.maxBodyBytes." }),
  503: failureSchema,
  504: failureSchema,
};

/** A list of views, which nobody changes. */
export function listOf<T extends TSchema>(one: T, options: { readonly description?: string } = {}) {
  return t.Unsafe<readonly Static<T>[]>(t.Array(one, options));
}
