import { type Static, Type } from "@sinclair/typebox";

const verdict = Type.Union([
  Type.Literal("ok"),
  Type.Literal("warn"),
  Type.Literal("fail"),
  Type.Literal("not applicable"),
]);

/** Result of one check. `remedy` is empty when nothing needs to change. */
const findingSchema = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    theme: Type.String({ minLength: 1 }),
    seen: Type.String({ minLength: 1 }),
    verdict,
    why: Type.String({ minLength: 1 }),
    remedy: Type.String(),
  },
  { additionalProperties: false },
);

/** The document that `doctor --json` prints. */
export const reportSchema = Type.Object(
  {
    version: Type.String(),
    verdict: Type.Union([Type.Literal("ok"), Type.Literal("warn"), Type.Literal("fail")]),
    laneCpus: Type.Array(Type.Integer({ minimum: 0 })),
    checks: Type.Array(findingSchema, { minItems: 1 }),
  },
  { additionalProperties: false },
);

export type Verdict = Static<typeof verdict>;
export type Finding = Static<typeof findingSchema>;
export type Report = Static<typeof reportSchema>;

/** Name of a check and why it matters, before the check has run. */
export interface Subject {
  readonly name: string;
  readonly theme: string;
  readonly why: string;
}

export function ok(subject: Subject, seen: string): Finding {
  return { ...subject, seen, verdict: "ok", remedy: "" };
}

export function warn(subject: Subject, seen: string, remedy: string): Finding {
  return { ...subject, seen, verdict: "warn", remedy };
}

export function fail(subject: Subject, seen: string, remedy: string): Finding {
  return { ...subject, seen, verdict: "fail", remedy };
}

/** The check does not apply: a virtual machine, a container, an older kernel, or nothing configured. */
export function notApplicable(subject: Subject, seen: string): Finding {
  return { ...subject, seen, verdict: "not applicable", remedy: "" };
}
