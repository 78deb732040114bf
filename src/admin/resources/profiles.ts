import { t } from "elysia";
import type { ProfiledThread } from "../../operation/profiles.ts";
import type { ActionKind, Done } from "../actions.ts";
import type { AdminContext } from "../context.ts";
import { type EventStream, eventStream } from "../event-stream.ts";
import { ApiFailure } from "../failure.ts";
import { actionResponse, resource } from "../resource.ts";
import { actionAnswers, answers, failureSchema, why } from "../schema.ts";

const CAPTURE: ActionKind = { name: "profile.capture", role: "operate" };
const HEAP: ActionKind = { name: "profile.heap", role: "admin" };
const LONGEST_S = 60;
const DEFAULT_S = 5;
const MOST_FOLLOWERS = 8;

const captureSchema = t.Object({
  name: t.String(),
  beganAt: t.String(),
  seconds: t.Number(),
  why: t.String(),
  bytes: t.Integer(),
  files: t.Array(t.Object({ name: t.String(), bytes: t.Integer() })),
  missing: t.Array(t.String(), { description: "Threads that gave no whole profile, and why." }),
});

const collectionSchema = t.Object({
  thread: t.String(),
  seenAt: t.String(),
  count: t.Integer(),
  stoodStillUs: t.Union([t.Number(), t.Null()], { description: "Null: not measured, or shorter than a stall." }),
  heapBytes: t.Number({ description: "The thread's heap after it." }),
  freedBytes: t.Nullable(t.Number({ description: "Of the main thread's heap; null: of a lane, or not measured." })),
});

const body = t.Object({
  thread: t.Optional(
    t.Union([t.Literal("all"), t.Literal("main"), t.Integer({ minimum: 0, maximum: 63 })], {
      description: "all, main or the number of a lane.",
    }),
  ),
  seconds: t.Optional(t.Integer({ minimum: 1, maximum: LONGEST_S })),
  heap: t.Optional(
    t.Boolean({ description: "Also a snapshot of the main thread's heap; it needs admin: it may hold secrets." }),
  ),
  why,
});

/** Types of the files in a capture, by how they end. */
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".json": "application/json",
  ".cpuprofile": "application/json",
  ".heapsnapshot": "application/json",
};
const PAGE_POLICY = "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** Captures: CPU profiles of all threads, with stalls and counters; and the collections of all threads. */
export function profilesResource({ operations: { profiles, collections }, actions, access }: AdminContext) {
  const capture = async (thread: ProfiledThread, seconds: number, reason: string, heap: boolean): Promise<Done> => {
    const made = await profiles.capture({ thread, seconds, why: reason, heap }).catch((error: Error) => {
      throw new ApiFailure(409, "refused", error.message);
    });
    return { result: "applied", code: "", reason: "", more: { capture: made } };
  };
  const streams = new Set<EventStream>();
  // Who connects again shows a token that holds.
  access.onChanged((why) => {
    for (const stream of [...streams]) stream.end(why);
  });
  return resource("Profiles")
    .post(
      "/v1/profiles",
      async ({ body: { thread = "all", seconds = DEFAULT_S, heap = false, why }, request, set }) => {
        const action = { target: `${thread}`, why, new: { seconds, heap } };
        const kind = heap ? HEAP : CAPTURE;
        const done = await actions.perform(access.of(request), kind, action, () => capture(thread, seconds, why, heap));
        return actionResponse(set, done);
      },
      {
        body,
        response: actionAnswers,
        detail: {
          summary: "Capture CPU profiles of lanes and main; answers when it is done",
          description:
            "Orders go on. A lane that is profiled stands still for a fraction of a millisecond every 10 ms.",
        },
      },
    )
    .get("/v1/profiles", () => profiles.list(), {
      response: answers(t.Array(captureSchema)),
      detail: { summary: "Captures on the disk, the newest first" },
    })
    .get("/v1/profiles/:name", ({ params: { name } }) => captureOf(name), {
      params: t.Object({ name: t.String() }),
      response: answers(captureSchema),
      detail: { summary: "One capture and its files" },
    })
    .get("/v1/profiles/:name/:file", ({ params: { name, file }, request }) => fileOf(name, file, request), {
      params: t.Object({ name: t.String(), file: t.String() }),
      response: { ...answers(t.Unknown()), 403: failureSchema },
      detail: { summary: "A file of a capture: a .cpuprofile, the flame graph page, stalls, counters" },
    })
    .get("/v1/collections", () => collections.list(), {
      response: answers(t.Array(collectionSchema)),
      detail: { summary: "Garbage collections of all threads, the newest first" },
    })
    .get("/v1/collections/stream", ({ request }) => followed(request.signal), {
      response: {
        ...answers(t.Any({ description: "A stream of text/event-stream: events collection, and end." })),
        503: failureSchema,
      },
      detail: {
        summary: "Garbage collections from now on, as server-sent events",
        description: `Within 10 ms: the main thread looks often meanwhile. At most ${MOST_FOLLOWERS} listeners at once.`,
      },
    });

  function followed(signal: AbortSignal): Response {
    if (streams.size >= MOST_FOLLOWERS)
      throw new ApiFailure(
        503,
        "too-many-listeners",
        `expected at most ${MOST_FOLLOWERS} listeners at once, got one more`,
        "",
        { "retry-after": "5" },
      );
    const stream = eventStream(signal);
    streams.add(stream);
    const end = collections.follow((collection) => stream.send("collection", collection));
    stream.closed(() => {
      streams.delete(stream);
      end();
    });
    return stream.response;
  }

  function captureOf(name: string) {
    const found = profiles.list().find((one) => one.name === name);
    if (found === undefined) throw new ApiFailure(404, "not-found", `expected the name of a capture, got ${name}`);
    return found;
  }

  function fileOf(name: string, file: string, request: Request): Response {
    if (file.endsWith(".heapsnapshot") && access.of(request).role !== "admin")
      throw new ApiFailure(403, "role", "expected the role admin: a heap may hold secrets");
    const content = profiles.read(name, file);
    if (content === null) throw new ApiFailure(404, "not-found", `expected a file of a capture, got ${name}/${file}`);
    const type = TYPES[file.slice(file.lastIndexOf("."))] ?? "application/octet-stream";
    return new Response(content as Uint8Array<ArrayBuffer>, {
      headers: { "content-type": type, "content-security-policy": PAGE_POLICY },
    });
  }
}
