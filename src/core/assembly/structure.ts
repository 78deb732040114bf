import {
  CHANGE_ANY_VERSION,
  CONTROL_BAD_RECORD,
  CONTROL_BAD_VALUE,
  CONTROL_UNKNOWN_NAME,
  STRUCTURE_ADD,
  STRUCTURE_GRANT,
  STRUCTURE_RETIRE,
  STRUCTURE_REVOKE,
  STRUCTURE_VENUE_SHIFT,
} from "../../record/control-codes.ts";
import { accountAt } from "./accounts.ts";
import { area } from "./area.ts";
import { Change, isSessionId, nameAt, nameLength } from "./change.ts";
import { NONE } from "./codes.ts";
import { addSession, allows, forgetSessions, grant, isKnownSession, removeSession, revoke, revokeAll } from "./entitlements.ts";
import {
  ACCOUNT_CONFIGURED,
  ACCOUNT_RETIRED,
  ACCOUNTS,
  FIRM,
  ROUTES,
  SESSIONS,
  SYMBOL_CONFIGURED,
  SYMBOL_RETIRED,
  SYMBOLS,
  VENUE_IDS,
} from "./layout.ts";
import { forgetSessionLevels, setSessionRow } from "./levels.ts";
import { nameCount } from "./names.ts";
import { routeName, routeProblem, setRoute } from "./routing-rules.ts";
import { isStep, MOST_SIGNS, setSymbol, symbolAt, venueOf } from "./symbols.ts";
import { sessionRowNamed } from "./traders.ts";

// What is configured, as a reload changes it: accounts, symbols and client sessions come and go, a symbol has another route or form, a
// session may use another account, and orders follow other routing rules. What is retired keeps its name and its row: its orders are open
// yet, or remembered.

const SIGNS_MASK = 255;

/** Signs of prices in a symbol's STRUCTURE_ADD. */
export function signsOf(change: Change): i32 {
  return change.version & SIGNS_MASK;
}

function routeOf(change: Change): i32 {
  return (change.version >> STRUCTURE_VENUE_SHIFT) - 1;
}

/** Why this can't be, or 0. `index` is NONE, or that of a name that the command adds. */
export function structureProblem(change: Change, index: i32): i32 {
  const subject = change.subject;
  const what = change.setting;
  if (subject === FIRM || change.inFile || change.resets) return CONTROL_BAD_RECORD;
  if (subject === ROUTES) return routeProblem(what, change.version, change.value, nameLength());
  if (index === NONE) return CONTROL_UNKNOWN_NAME;
  if (what === STRUCTURE_RETIRE) return 0;
  if (what === STRUCTURE_ADD) return subject === SYMBOLS ? symbolProblem(change) : 0;
  if (subject !== ACCOUNTS || (what !== STRUCTURE_GRANT && what !== STRUCTURE_REVOKE)) return CONTROL_BAD_RECORD;
  return isSessionId(change.value) ? 0 : CONTROL_UNKNOWN_NAME;
}

function symbolProblem(change: Change): i32 {
  if (change.version === CHANGE_ANY_VERSION || signsOf(change) > MOST_SIGNS || !isStep(change.value))
    return CONTROL_BAD_VALUE;
  const venue = routeOf(change);
  return venue === NONE || <u32>venue < load<u32>(area + VENUE_IDS) ? 0 : CONTROL_BAD_VALUE;
}

/** True when something will be otherwise than it is. */
export function structureDiffers(change: Change, index: i32): bool {
  const what = change.setting;
  if (change.subject === ROUTES) return true;
  if (change.subject === SESSIONS) return isKnownSession(index) !== (what === STRUCTURE_ADD);
  if (index >= nameCount(change.subject)) return true;
  if (what === STRUCTURE_GRANT) return !allows(<i32>change.value, index);
  if (what === STRUCTURE_REVOKE) return allows(<i32>change.value, index);
  const isAdded = what === STRUCTURE_ADD;
  if (change.subject === ACCOUNTS) return accountAt(index).isConfigured !== isAdded;
  const row = symbolAt(index);
  if (row.isConfigured !== isAdded) return true;
  return isAdded && (row.prices !== signsOf(change) || row.quantityStep !== change.value || venueOf(index) !== routeOf(change));
}

/** Makes it so; the row is locked. */
export function applyStructure(change: Change, index: i32): void {
  const what = change.setting;
  if (change.subject === ROUTES) setRoute(what, change.version, change.value, nameAt(), nameLength());
  else if (change.subject === SESSIONS) {
    if (what === STRUCTURE_ADD) {
      addSession(index);
      setSessionRow(index, sessionRowNamed(nameAt(), nameLength()));
    } else removeSession(index);
  } else if (what === STRUCTURE_ADD) {
    if (change.subject === SYMBOLS) setSymbol(index, signsOf(change), change.value, routeOf(change));
    setConfigured(change.subject, index);
    routeName(change.subject, index);
  } else if (what === STRUCTURE_RETIRE) retire(change.subject, index);
  else if (isSessionId(change.value)) {
    if (what === STRUCTURE_GRANT) grant(<i32>change.value, index);
    else revoke(<i32>change.value, index);
  }
}

/** Before the configuration of a start is given: nothing is configured, and no session is known. */
export function forgetFile(): void {
  const accounts = nameCount(ACCOUNTS);
  for (let i = 0; i < accounts; i++) {
    const account = accountAt(i);
    account.flags &= ~(ACCOUNT_CONFIGURED | ACCOUNT_RETIRED);
    account.client = 0;
  }
  const symbols = nameCount(SYMBOLS);
  for (let i = 0; i < symbols; i++) {
    const symbol = symbolAt(i);
    symbol.flags &= ~(SYMBOL_CONFIGURED | SYMBOL_RETIRED);
  }
  forgetSessions();
  forgetSessionLevels();
}

/** The configuration has this account or symbol. */
export function setConfigured(subject: i32, index: i32): void {
  if (subject === ACCOUNTS) {
    const account = accountAt(index);
    account.flags = (account.flags | ACCOUNT_CONFIGURED) & ~ACCOUNT_RETIRED;
  } else {
    const symbol = symbolAt(index);
    symbol.flags = (symbol.flags | SYMBOL_CONFIGURED) & ~SYMBOL_RETIRED;
  }
}

function retire(subject: i32, index: i32): void {
  if (subject === ACCOUNTS) {
    const account = accountAt(index);
    account.flags = (account.flags & ~ACCOUNT_CONFIGURED) | ACCOUNT_RETIRED;
    revokeAll(index);
  } else {
    const symbol = symbolAt(index);
    symbol.flags = (symbol.flags & ~SYMBOL_CONFIGURED) | SYMBOL_RETIRED;
  }
}
