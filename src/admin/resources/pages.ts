import { t } from "elysia";
import { walkRows } from "../../base/walk-rows.ts";
import { ApiFailure } from "../failure.ts";
import type { Named } from "./setting-change.ts";

const MOST_LISTED = 1_000;
/** Views that are made in one turn of the main thread. */
const READ_A_TURN = 32;

export const page = t.Object({
  limit: t.Optional(t.Integer({ minimum: 1, maximum: MOST_LISTED })),
  after: t.Optional(t.String({ maxLength: 64, description: "The last name of the page before." })),
});

/** Names behind `after`, in the configuration's order, with what is known of each; read some at a time. */
export async function paged<Key extends string, View>(
  key: Key,
  named: Named<View>,
  { limit = MOST_LISTED, after }: { limit?: number; after?: string },
): Promise<Record<Key, View[]> & { next: string | null }> {
  const names = named.names();
  const from = after === undefined ? 0 : names.indexOf(after) + 1;
  if (after !== undefined && from === 0)
    throw new ApiFailure(400, "invalid", `expected a name of a page before, got ${after}`, "query.after");
  const shown = names.slice(from, from + limit);
  const views: View[] = [];
  const read = (begin: number, end: number): void => {
    for (const one of shown.slice(begin, end)) views.push(...[named.get(one)].filter((view) => view !== null));
  };
  await walkRows(shown.length, read, READ_A_TURN);
  const next = from + limit < names.length ? shown.at(-1)! : null;
  return { [key]: views, next } as Record<Key, View[]> & { next: string | null };
}
