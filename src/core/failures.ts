import { broken } from "../base/broken.ts";
import * as layout from "./assembly/layout.ts";

/** Codes of broken invariants, by the code's numbers. */
const BROKEN: string[] = [];
BROKEN[layout.BAD_SLOT] = "order slot";
BROKEN[layout.SLOT_TAKEN] = "order slot is taken";
BROKEN[layout.IDS_CLAIMED] = "ids claimed by open orders";
BROKEN[layout.IDS_OF_DONE] = "ids of done orders";
BROKEN[layout.OWNER_OF_ID] = "owner of a ClOrdID";
BROKEN[layout.OPEN_OF_ACCOUNT] = "open orders of an account";
BROKEN[layout.HELD_BY_ACCOUNT] = "open notional of an account";
BROKEN[layout.OPEN_OF_SESSION] = "open orders of a session";
BROKEN[layout.CLOSED_TO_STATE] = "state that an order is closed to";
BROKEN[layout.REOPENED_TO_STATE] = "state that an order is reopened to";
BROKEN[layout.OUTBOX_ROOM] = "outbox room";
BROKEN[layout.OUTBOX_GROUPS] = "outbox room for groups";
BROKEN[layout.GROUPS_OF_ORDER] = "groups of an order";
BROKEN[layout.GROUPS_OF_REPORT] = "groups of a report";
BROKEN[layout.ANSWERS_FULL] = "CONTROL_ANSWERS_FULL";
BROKEN[layout.ID_OF_INDEX] = "id of an index";
BROKEN[layout.TEXT_OF_REASON] = "length of a reason's text";
BROKEN[layout.QUANTITY_OF_ACCOUNT] = "open quantity of an account";
BROKEN[layout.QUANTITY_OF_POSITION] = "open quantity of a position";

/** Throws what the core's code has found. */
export function failure(what: number, value: number): never {
  if (what === layout.JOURNAL_SESSION) throw new Error(unknownId("client session", value));
  if (what === layout.JOURNAL_VENUE) throw new Error(unknownId("venue", value));
  if (what === layout.JOURNAL_ORDERS)
    throw new Error("core.maxOrders: expected room for the open orders of the journal, got " + value);
  if (what === layout.JOURNAL_POSITIONS)
    throw new Error("core.maxPositions: expected room for the positions of the journal, got " + value);
  if (what === layout.JOURNAL_NAMES)
    throw new Error(
      "core.spareNames: expected room for the accounts and symbols of the journal that are no longer configured, got room for " +
        value +
        " in all: raise it, or configure them again",
    );
  broken(BROKEN[what] ?? "core", value);
}

function unknownId(what: string, id: number): string {
  return "the journal has orders of " + what + " " + id + ", which names.json does not know";
}
