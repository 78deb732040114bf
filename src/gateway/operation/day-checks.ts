import { decimalText } from "../../base/decimal.ts";
import {
  ACCOUNT_CONFIGURED,
  ACCOUNT_HAS_LIMITS,
  ACCOUNTS,
  SYMBOL_CONFIGURED,
  SYMBOLS,
} from "../../core/assembly/layout.ts";
import { levelOf } from "../../core/level-rows.ts";
import type { StateReader } from "../../core/state-reader.ts";
import type { AlarmView } from "../../operation/alarms.ts";
import type { DayCheck, DayFile } from "../../operation/day.ts";
import type { JournalLagView } from "../../operation/journal-lag.ts";
import type { KillView } from "../../operation/kill-switch.ts";
import type { Sessions } from "../../operation/sessions.ts";
import type { Venues } from "../../operation/venues.ts";

export interface CheckParts {
  readonly sessions: Sessions;
  readonly venues: Venues;
  readonly state: StateReader | null;
  readonly counters: Readonly<Record<string, number>>;
  readonly kills: readonly KillView[];
  readonly alarms: readonly AlarmView[];
  readonly journal: readonly JournalLagView[];
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number } | null;
  /** SHA-256 of the configuration that runs. */
  readonly sha256: string;
  readonly files: readonly DayFile[];
  readonly prices: ReadonlyMap<string, bigint>;
  readonly restricted: ReadonlyMap<string, true>;
}

const LEAST_FREE_BYTES = 1 << 30;
/** Names in a line; the rest is counted. */
const MOST_NAMES = 10;

/** The go/no-go list of a day: each check with what it found. */
export function dayChecks(parts: CheckParts): DayCheck[] {
  return [
    configuration(parts),
    venues(parts),
    sessions(parts),
    limits(parts),
    prices(parts),
    restricted(parts),
    killSwitch(parts),
    attention(parts),
    journal(parts),
    disk(parts),
    alarms(parts),
  ];
}

function check(name: string, wrong: readonly string[], fine: string, what: string): DayCheck {
  if (wrong.length === 0) return { name, ok: true, why: fine };
  const more = wrong.length > MOST_NAMES ? ` and ${wrong.length - MOST_NAMES} more` : "";
  return { name, ok: false, why: `${what}: ${wrong.slice(0, MOST_NAMES).join(", ")}${more}` };
}

function configuration({ sha256, files }: CheckParts): DayCheck {
  const file = files.find(({ what }) => what === "configuration");
  const isSame = file?.sha256 === sha256;
  const why = isSame ? "the file is as it was read" : "the file has changed since it was read: reload it, or restart";
  return { name: "configuration", ok: isSame, why };
}

function venues({ venues }: CheckParts): DayCheck {
  const list = venues.list();
  const down = list.filter(({ state, tradingState }) => state !== "logged on" || tradingState !== "on");
  return check(
    "venues",
    down.map(({ name, state, tradingState }) => `${name} (${state}, ${tradingState})`),
    `${list.length} logged on`,
    "not logged on and on",
  );
}

function sessions({ sessions }: CheckParts): DayCheck {
  const list = sessions.list();
  const closed = list.filter(({ state, tradingState }) => state === "closed" || tradingState !== "on");
  return check(
    "client sessions",
    closed.map(({ name, state, tradingState }) => `${name} (${state}, ${tradingState})`),
    `${list.length} may log on, ${list.filter(({ state }) => state === "logged on").length} are logged on`,
    "out of their schedule, or not on",
  );
}

/** Of what a reload has left, not of the start's file. */
function limits({ state }: CheckParts): DayCheck {
  const configured = state?.namesWith(ACCOUNTS, ACCOUNT_CONFIGURED) ?? [];
  const names = configured.filter((name) => levelOf(name).level === "account");
  const limited = new Set(state?.namesWith(ACCOUNTS, ACCOUNT_HAS_LIMITS) ?? []);
  const without = names.filter((account) => !limited.has(account));
  return check("limits", without, `${names.length} accounts have limits`, "accounts without limits");
}

function prices({ state, prices }: CheckParts): DayCheck {
  const names = state?.namesWith(SYMBOLS, SYMBOL_CONFIGURED) ?? [];
  const without = names.filter((name) => {
    const symbol = state?.symbol(name, Date.now() * 1_000) ?? null;
    return symbol === null || (symbol.isEnabled && symbol.reference === null && !prices.has(name));
  });
  return check("reference prices", without, `${names.length} symbols have one`, "symbols without one");
}

function restricted({ state, restricted }: CheckParts): DayCheck {
  const enabled = [...restricted.keys()].filter((name) => state?.symbol(name, 0)?.isEnabled === true);
  return check("restricted symbols", enabled, `none of ${restricted.size} is enabled`, "restricted, and enabled");
}

function killSwitch({ kills }: CheckParts): DayCheck {
  const engaged = kills.filter((kill) => kill.engaged).map(({ scope }) => scope);
  return check("kill switch", engaged, "none is engaged", "engaged: new orders are refused");
}

function attention({ counters }: CheckParts): DayCheck {
  const { ordersNeedingAttention: count = 0, openOrders = 0 } = counters;
  const why = count === 0 ? `none of ${openOrders} open orders needs attention` : `${count} need attention`;
  return { name: "orders", ok: count === 0, why };
}

function journal({ journal }: CheckParts): DayCheck {
  const slow = journal.filter(
    ({ errno, unwrittenBytes, bufferBytes }) => errno !== 0 || unwrittenBytes > bufferBytes / 2,
  );
  return check(
    "journal",
    slow.map(({ stream, errno, unwrittenBytes }) => `${stream} (errno ${errno}, ${unwrittenBytes} bytes unwritten)`),
    `${journal.length} streams are written`,
    "behind",
  );
}

function disk({ disk }: CheckParts): DayCheck {
  if (disk === null) return { name: "disk", ok: false, why: "the system does not say how much is free" };
  const ok = disk.freeBytes >= LEAST_FREE_BYTES;
  const gib = (bytes: number): string => `${(bytes / (1 << 30)).toFixed(1)} GiB`;
  return { name: "disk", ok, why: `${gib(disk.freeBytes)} of ${gib(disk.totalBytes)} are free` };
}

function alarms({ alarms }: CheckParts): DayCheck {
  const open = alarms.filter(({ state, severity }) => state === "firing" && severity !== "info");
  const texts = open.map(({ rule, subject }) => `${rule} ${subject}`.trim());
  return check("alarms", texts, "none fires that nobody has acknowledged", "firing");
}

/** A price for people; null: none. */
export function priceText(price: bigint | null | undefined): string | null {
  return price === null || price === undefined ? null : decimalText(price);
}
