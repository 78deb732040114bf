import { t } from "elysia";
import { VERDICTS } from "../../operation/doctor.ts";
import type { AdminContext } from "../context.ts";
import { readingFailure } from "../reading-failure.ts";
import { resource } from "../resource.ts";
import { answers, listOf, oneOf, readingAnswers } from "../schema.ts";

const bytes = t.Number({ description: "Bytes." });
const lane = t.Nullable(t.Integer({ description: "Null: the main thread's, or of several lanes." }));

const planSchema = t.Object({
  lanes: listOf(
    t.Object({
      lane: t.Integer(),
      agents: listOf(t.String()),
      cpu: t.Nullable(t.Integer({ description: "The CPU that it has for itself." })),
      idle: t.String({ description: "What it does in turns without work." }),
      bytes: t.Number({ description: "Shared memory of the lane and its agents alone." }),
    }),
  ),
  shared: listOf(
    t.Object({
      owner: t.String({ description: "Who writes it: an agent, a lane, the main thread, or several of them." }),
      what: t.String(),
      bytes,
      lane,
    }),
    { description: "Shared memory, in the order of its parts." },
  ),
  sharedBytes: t.Number({ description: "Of all parts, with what lies between them." }),
  process: listOf(
    t.Object({ what: t.String(), key: t.String({ description: "What of the configuration decides it." }), bytes }),
    { description: "Private memory of the process." },
  ),
  privateBytes: t.Number({ description: "Of the process, when it is ready." }),
  codeBytes: t.Number({ description: "The executable's own pages in memory." }),
  backlogBytes: t.Number({ description: "More, while peers do not read: pool.maxMiB." }),
  journalBytes: t.Number({ description: "The journal's buffers: journal.bufferMiB." }),
});

const doctorSchema = t.Object({
  at: t.String({ description: "When it was made: ISO 8601, UTC." }),
  version: t.String(),
  verdict: oneOf(["ok", "warn", "fail"]),
  laneCpus: listOf(t.Integer(), { description: "CPUs that lanes have for themselves." }),
  checks: listOf(
    t.Object({
      name: t.String(),
      theme: t.String(),
      seen: t.String(),
      verdict: oneOf(VERDICTS),
      why: t.String({ description: "Why it matters." }),
      remedy: t.String({ description: "What to do; empty when nothing needs to change." }),
    }),
  ),
});

/** The machine: how its memory was planned, and what is to be said of it. */
export function machineResource({ operations: { planned, doctor } }: AdminContext) {
  return resource("Machine")
    .get("/v1/plan", () => planned.view(), {
      response: answers(planSchema),
      detail: { summary: "Memory as it was planned: who owns how much for what, and on which lane" },
    })
    .get("/v1/doctor", () => doctor.report().catch(readingFailure), {
      response: readingAnswers(doctorSchema),
      detail: {
        summary: "The checks of sallyport doctor, made for the running gateway",
        description:
          "A process beside the gateway makes them, at most once a minute. It writes nothing to the journal's disk, whose speed sallyport doctor measures.",
      },
    });
}
