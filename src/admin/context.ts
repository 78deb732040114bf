import type { Operations } from "../operation/operations.ts";
import type { Access } from "./access.ts";
import type { Actions } from "./actions.ts";

/** What resources work with. */
export interface AdminContext {
  readonly operations: Operations;
  readonly actions: Actions;
  /** `access.of(request)` says who makes a request. */
  readonly access: Access;
  /** Pages of the manual by name, in reading order: Markdown. */
  readonly manual: Readonly<Record<string, string>>;
}
