import { t } from "elysia";
import type { AlarmOperations } from "../../operation/alarms.ts";
import type { ActionKind, Done } from "../actions.ts";
import type { AdminContext } from "../context.ts";
import { ApiFailure } from "../failure.ts";
import { actionResponse, resource } from "../resource.ts";
import { actionAnswers, answers, why } from "../schema.ts";

const ACKNOWLEDGE: ActionKind = { name: "alarm.acknowledge", role: "operate" };
const TEST: ActionKind = { name: "alarm.test", role: "operate" };
const SILENCE: ActionKind = { name: "silence.add", role: "operate" };
const END_SILENCE: ActionKind = { name: "silence.end", role: "operate" };

const APPLIED: Done = { result: "applied", code: "", reason: "" };
const UNCHANGED: Done = { ...APPLIED, result: "unchanged" };
/** A week. */
const LONGEST_MINUTES = 10_080;
const MINUTE_MS = 60_000;

const alarmSchema = t.Object({
  id: t.String(),
  rule: t.String(),
  subject: t.String({ description: "What it is about; empty for the gateway as a whole." }),
  severity: t.Union([t.Literal("info"), t.Literal("warning"), t.Literal("error"), t.Literal("critical")]),
  state: t.Union([t.Literal("firing"), t.Literal("acknowledged"), t.Literal("resolved")]),
  text: t.String(),
  remedy: t.String(),
  since: t.String(),
  resolvedAt: t.Nullable(t.String()),
  acknowledgedBy: t.Nullable(t.String()),
  acknowledgedWhy: t.Nullable(t.String()),
  silencedBy: t.Nullable(t.String({ description: "The silence that keeps it from being sent." })),
  dedupKey: t.String(),
});

const silenceSchema = t.Object({
  id: t.String(),
  rule: t.String(),
  subject: t.String(),
  until: t.String(),
  why: t.String(),
  by: t.String(),
  at: t.String(),
});

const deliverySchema = t.Object({
  receiver: t.String(),
  delivered: t.Integer(),
  retries: t.Integer(),
  givenUp: t.Integer(),
  waiting: t.Integer(),
  problem: t.String({ description: "Why the last call failed; empty when it did not." }),
});

const pattern = (what: string) =>
  t.Optional(
    t.String({
      description: `${what}, in which * stands for any text. Without it *; one of the two must be given.`,
      minLength: 1,
      maxLength: 200,
    }),
  );
const idParameter = t.Object({ id: t.String({ minLength: 1, maxLength: 20 }) });

/** Alarms, and silences that keep them from being sent. */
export function alarmsResource({ operations: { alarms }, actions, access }: AdminContext) {
  return resource("Alarms")
    .get("/v1/alarms", ({ query: { state } }) => alarms.list().filter((alarm) => isOf(alarm.state, state ?? "open")), {
      query: t.Object({
        state: t.Optional(t.Union([t.Literal("open"), t.Literal("resolved"), t.Literal("all")])),
      }),
      response: answers(t.Array(alarmSchema)),
      detail: { summary: "Alarms: open ones, or resolved ones, the newest first" },
    })
    .post(
      "/v1/alarms/test",
      async ({ body: { why }, request, set }) => {
        const principal = access.of(request);
        const test = async (): Promise<Done> => ({ ...APPLIED, more: { alarm: alarms.test(principal.name).id } });
        return actionResponse(set, await actions.perform(principal, TEST, { target: "", why }, test));
      },
      {
        body: t.Object({ why }),
        response: actionAnswers,
        detail: { summary: "Send a test alarm to every receiver; it resolves after 5 seconds" },
      },
    )
    .post(
      "/v1/alarms/:id/acknowledge",
      async ({ params: { id }, body: { why }, request, set }) => {
        const principal = access.of(request);
        const alarm = known(alarms, id);
        const request_ = {
          target: `${alarm.rule} ${alarm.subject}`.trimEnd(),
          why,
          old: alarm.state,
          new: "acknowledged",
        };
        const acknowledge = async (): Promise<Done> =>
          alarms.acknowledge(id, principal.name, why) === "applied" ? APPLIED : UNCHANGED;
        return actionResponse(set, await actions.perform(principal, ACKNOWLEDGE, request_, acknowledge));
      },
      {
        params: idParameter,
        body: t.Object({ why }),
        response: actionAnswers,
        detail: { summary: "Acknowledge an alarm: somebody works on it" },
      },
    )
    .get("/v1/alarms/deliveries", () => alarms.deliveries(), {
      response: answers(t.Array(deliverySchema)),
      detail: { summary: "Receivers of alarms: what they have taken, and what waits for them" },
    });
}

/** Silences keep alarms from being sent. */
export function silencesResource({ operations: { alarms }, actions, access }: AdminContext) {
  return resource("Silences")
    .get("/v1/silences", () => alarms.silences(), {
      response: answers(t.Array(silenceSchema)),
      detail: { summary: "Silences that have not ended" },
    })
    .post(
      "/v1/silences",
      async ({ body, request, set }) => {
        const { rule = "*", subject = "*", minutes, why } = body;
        if (body.rule === undefined && body.subject === undefined)
          throw new ApiFailure(
            400,
            "invalid",
            "expected rule or subject (rule * for all alarms), got neither",
            "body.rule",
          );
        const principal = access.of(request);
        const asked = { target: `${rule}, ${subject}`, why, new: `${minutes} minutes` };
        const add = async (): Promise<Done> => {
          const untilMs = Date.now() + minutes * MINUTE_MS;
          const { id, until } = alarms.silence({ rule, subject, untilMs, why }, principal.name);
          return { ...APPLIED, more: { silence: id, until } };
        };
        return actionResponse(set, await actions.perform(principal, SILENCE, asked, orRefused(add)));
      },
      {
        body: t.Object({
          rule: pattern("Name of a rule"),
          subject: pattern("What an alarm is about"),
          minutes: t.Integer({ minimum: 1, maximum: LONGEST_MINUTES }),
          why,
        }),
        response: actionAnswers,
        detail: { summary: "Keep alarms that match from being sent" },
      },
    )
    .delete(
      "/v1/silences/:id",
      async ({ params: { id }, body: { why }, request, set }) => {
        const silence = alarms.silences().find((one) => one.id === id);
        if (silence === undefined)
          throw new ApiFailure(404, "not-found", `expected the id of a silence, got ${id}`, "id");
        const asked = { target: `${silence.rule}, ${silence.subject}`, why, old: silence.until };
        const end = async (): Promise<Done> => (alarms.endSilence(id) === null ? UNCHANGED : APPLIED);
        return actionResponse(set, await actions.perform(access.of(request), END_SILENCE, asked, end));
      },
      {
        params: idParameter,
        body: t.Object({ why }),
        response: actionAnswers,
        detail: { summary: "End a silence: open alarms that it has kept back are sent" },
      },
    );
}

function isOf(state: string, asked: "open" | "resolved" | "all"): boolean {
  return asked === "all" || (asked === "resolved") === (state === "resolved");
}

function known(alarms: AlarmOperations, id: string) {
  const alarm = alarms.get(id);
  if (alarm === null) throw new ApiFailure(404, "not-found", `expected the id of an alarm, got ${id}`, "id");
  return alarm;
}

/** More silences than there may be are refused, with why. */
function orRefused(carryOut: () => Promise<Done>): () => Promise<Done> {
  return () =>
    carryOut().catch((error: unknown) => {
      if (!(error instanceof RangeError)) throw error;
      return { result: "refused", code: "too-many", reason: error.message };
    });
}
