import { t } from "elysia";
import type { AdminContext } from "../context.ts";
import { ApiFailure } from "../failure.ts";
import { resource } from "../resource.ts";
import { answers } from "../schema.ts";

const pageSchema = t.Object({ name: t.String(), title: t.String() });

/** The manual of this version. */
export function manualResource({ manual }: AdminContext) {
  const pages = Object.entries(manual).map(([name, text]) => ({ name, title: titleOf(text) }));
  return resource("Manual")
    .get("/v1/manual", () => pages, {
      response: answers(t.Array(pageSchema)),
      detail: { summary: "Pages of the manual, in reading order" },
    })
    .get("/v1/manual/:page", ({ params: { page } }) => textOf(manual, page), {
      params: t.Object({ page: t.String({ maxLength: 100 }) }),
      response: answers(t.Any({ description: "Markdown." })),
      detail: { summary: "One page of the manual, in Markdown" },
    });
}

function textOf(manual: Readonly<Record<string, string>>, page: string): Response {
  if (!Object.hasOwn(manual, page)) {
    const names = Object.keys(manual).join(", ");
    throw new ApiFailure(
      404,
      "not-found",
      `expected a page of the manual (${names}), got ${JSON.stringify(page)}`,
      "page",
    );
  }
  return new Response(manual[page], { headers: { "content-type": "text/markdown; charset=utf-8" } });
}

function titleOf(text: string): string {
  return /^# (.+)$/m.exec(text)?.[1] ?? "";
}
