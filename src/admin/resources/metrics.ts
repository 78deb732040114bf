import { t } from "elysia";
import type { AdminContext } from "../context.ts";
import { resource } from "../resource.ts";
import { answers } from "../schema.ts";

/** The metrics for Prometheus. */
export function metricsResource({ operations: { metrics } }: AdminContext) {
  return resource("Metrics").get(
    "/metrics",
    () => new Response(metrics.text(), { headers: { "content-type": metrics.type } }),
    {
      response: answers(t.Any({ description: "text/plain; version=0.0.4" })),
      detail: { summary: "Metrics in Prometheus's text format" },
    },
  );
}
