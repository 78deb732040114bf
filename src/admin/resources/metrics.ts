import type { AdminContext } from "../context.ts";
import { resource } from "../resource.ts";
import { documentedAs } from "../schema.ts";

/** The metrics for Prometheus. */
export function metricsResource({ operations: { metrics } }: AdminContext) {
  return resource("Metrics").get(
    "/metrics",
    () => new Response(metrics.text(), { headers: { "content-type": metrics.type } }),
    {
      detail: {
        summary: "Metrics in Prometheus's text format",
        responses: documentedAs("The metrics.", ["text/plain"], [400, 401, 403, 404, 415, 429]),
      },
    },
  );
}
