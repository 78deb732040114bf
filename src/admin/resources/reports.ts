import { t } from "elysia";
import { REPORT_FORMATS, REPORT_KINDS, type ReportFormat } from "../../operation/reports.ts";
import type { AdminContext } from "../context.ts";
import { readingFailure } from "../reading-failure.ts";
import { resource } from "../resource.ts";
import { documentedAs, oneOf } from "../schema.ts";

const TYPES: Readonly<Record<ReportFormat, string>> = {
  json: "application/json",
  csv: "text/csv; charset=utf-8; header=present",
  parquet: "application/vnd.apache.parquet",
};

/** Reports of a trading day, made by processes beside the gateway. */
export function reportsResource({ operations: { reports } }: AdminContext) {
  return resource("Reports").get(
    "/v1/reports/:kind",
    async ({ params, query, request }) => {
      const { kind } = params;
      const { format = "json", day = reports.today() } = query;
      const body = await reports.make(kind, day, format, request.signal).catch(readingFailure);
      const file = `attachment; filename="${kind}-${day}.${format}"`;
      return new Response(body, { headers: { "content-type": TYPES[format], "content-disposition": file } });
    },
    {
      params: t.Object({ kind: oneOf(REPORT_KINDS) }),
      query: t.Object({
        day: t.Optional(
          t.String({
            description: "Trading day, by the date on which it begins; left out: the current one.",
            pattern: "^\\d{4}-\\d\\d-\\d\\d$",
          }),
        ),
        format: t.Optional(oneOf(REPORT_FORMATS)),
      }),
      detail: {
        summary: "A report of a trading day as JSON, CSV or Parquet",
        responses: documentedAs(
          "The report.",
          ["application/json", "text/csv", "application/vnd.apache.parquet"],
          [400, 401, 403, 404, 415, 429, 500, 504],
        ),
      },
    },
  );
}
