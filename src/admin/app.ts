import { openapi } from "@elysiajs/openapi";
import { Elysia } from "elysia";
import type { Log } from "../base/log.ts";
import type { AdminContext } from "./context.ts";
import { ASSETS } from "./dashboard/assets.ts";
import { ApiFailure, failureResponse } from "./failure.ts";
import { actionsResource } from "./resources/actions.ts";
import { alarmsResource, silencesResource } from "./resources/alarms.ts";
import { currenciesResource } from "./resources/currencies.ts";
import { dashboardResource } from "./resources/dashboard.ts";
import { dayResource } from "./resources/day.ts";
import { drainResource } from "./resources/drain.ts";
import { dropCopiesResource } from "./resources/drop-copies.ts";
import { eventsResource } from "./resources/events.ts";
import { journalResource } from "./resources/journal.ts";
import { killSwitchResource } from "./resources/kill-switch.ts";
import { lanesResource } from "./resources/lanes.ts";
import { latencyResource } from "./resources/latency.ts";
import { levelsResource } from "./resources/levels.ts";
import { machineResource } from "./resources/machine.ts";
import { manualResource } from "./resources/manual.ts";
import { metricsResource } from "./resources/metrics.ts";
import { ordersResource } from "./resources/orders.ts";
import { overridesResource } from "./resources/overrides.ts";
import { positionsResource } from "./resources/positions.ts";
import { profilesResource } from "./resources/profiles.ts";
import { reloadResource } from "./resources/reload.ts";
import { reportsResource } from "./resources/reports.ts";
import { routeResource } from "./resources/route.ts";
import { sessionCommandsResource } from "./resources/session-commands.ts";
import { sessionsResource } from "./resources/sessions.ts";
import { settingsResource } from "./resources/settings.ts";
import { systemResource } from "./resources/system.ts";
import { unmatchedResource } from "./resources/unmatched.ts";
import { venuesResource } from "./resources/venues.ts";

/** Every resource; a new one is a line. */
const RESOURCES = [
  ordersResource,
  settingsResource,
  levelsResource,
  currenciesResource,
  positionsResource,
  overridesResource,
  unmatchedResource,
  killSwitchResource,
  systemResource,
  reloadResource,
  actionsResource,
  sessionsResource,
  venuesResource,
  dropCopiesResource,
  routeResource,
  latencyResource,
  lanesResource,
  journalResource,
  reportsResource,
  sessionCommandsResource,
  drainResource,
  dayResource,
  eventsResource,
  profilesResource,
  machineResource,
  manualResource,
  dashboardResource,
  alarmsResource,
  silencesResource,
  metricsResource,
] as const;

/** Paths that need no operator. */
export const OPEN_PATHS = new Set(["/v1/health", "/v1/ready", ...Object.keys(ASSETS)]);
const LONGEST_VALUE = 100;
const HEADERS = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** The API: a function from a request of a known operator to its answer. */
export function adminApp(context: AdminContext, version: string, log: Log): (request: Request) => Promise<Response> {
  const app = new Elysia({ aot: false, normalize: false })
    .onError(({ error, code }) => failureResponse(failureOf(error, String(code), log)))
    // The server has looked at the path of the URL. It is the router that finds the answer: its path counts.
    .onTransform({ as: "global" }, ({ path, request }) => {
      if (!OPEN_PATHS.has(path)) context.access.of(request);
    })
    .use(
      openapi({
        path: "/docs",
        specPath: "/openapi.json",
        provider: null,
        documentation: {
          info: { title: "Sallyport", version, description: "The operator's side of a Sallyport order gateway." },
          components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } },
          security: [{ bearer: [] }],
        },
      }),
    );
  for (const make of RESOURCES) app.use(make(context) as unknown as Elysia);
  return async (request) => {
    const response = await app.handle(request);
    for (const [name, value] of Object.entries(HEADERS)) {
      if (!response.headers.has(name)) response.headers.set(name, value);
    }
    return response;
  };
}

/** What a schema of TypeBox says of one value. */
interface ValueSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly ValueSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What a validation of Elysia says. */
interface Invalid {
  readonly type?: string;
  readonly valueError?: {
    readonly path: string;
    readonly message: string;
    readonly value: unknown;
    readonly schema: ValueSchema;
  };
}

function failureOf(error: unknown, code: string, log: Log): ApiFailure {
  if (error instanceof ApiFailure) return error;
  if (code === "NOT_FOUND")
    return new ApiFailure(404, "no-path", "expected a path and method of /openapi.json, got another");
  if (code === "PARSE" || error instanceof SyntaxError)
    return new ApiFailure(400, "not-json", "expected a body of JSON, got another", "body");
  if (code === "VALIDATION") return invalid(error as Invalid, log);
  const { message, stack } = error as Error;
  log.error(`a request failed: ${stack ?? message}`);
  return INTERNAL;
}

const INTERNAL = new ApiFailure(500, "internal", "a fault of the gateway's own; its log has more");

function invalid({ type = "body", valueError }: Invalid, log: Log): ApiFailure {
  if (type === "response") {
    log.error(`an answer is not as /openapi.json has it: ${valueError?.path} ${valueError?.message}`);
    return INTERNAL;
  }
  const { path = "", message = "", value, schema } = valueError ?? {};
  const got = value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value)).slice(0, LONGEST_VALUE);
  const expected = message === UNION && schema !== undefined ? expectedOf(schema) : lowered(message);
  // A parameter alone is called a property.
  const where = type === "property" ? "parameter" : type;
  return new ApiFailure(400, "invalid", `expected ${expected}, got ${got}`, `${where}${path.replaceAll("/", ".")}`);
}

const UNION = "Expected union value";

/** A union's values; of a number in a query, which may also be its text, the number. */
function expectedOf({ type = "another value", const: one, anyOf, minimum, maximum }: ValueSchema): string {
  if (one !== undefined) return JSON.stringify(one);
  if (anyOf !== undefined) {
    const isNumber = anyOf.some((option) => option.type === "integer" || option.type === "number");
    const options = isNumber ? anyOf.filter((option) => option.type !== "string") : anyOf;
    return options.map(expectedOf).join(" or ");
  }
  const from = minimum === undefined ? "" : ` from ${minimum}`;
  return `${type}${from}${maximum === undefined ? "" : ` to ${maximum}`}`;
}

function lowered(message: string): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`.replace(/^expected /, "");
}
