// Limits of client sessions and traders: who may enter orders, what counts for them, their kill switches, and what a restart knows.

import { describe, expect, test } from "bun:test";
import { ACCOUNTS, STOPPED_SETTING, TRADER_PAIR_CAPACITY } from "../../src/core/assembly/layout.ts";
import type { ClientSession, CoreConfig, TraderLimits } from "../../src/core/config.ts";
import { loadState, saveState } from "../../src/core/kept-state.ts";
import { ACCOUNT_SETTINGS } from "../../src/core/risk/settings.ts";
import { StateReader } from "../../src/core/state-reader.ts";
import * as code from "../../src/record/codes.ts";
import { CONTROL_APPLIED, CONTROL_CANCEL_ORDERS } from "../../src/record/control-codes.ts";
import { units } from "../numbers.ts";
import { cancelText } from "./drawn-cancels.ts";
import { CONFIG, CoreDriver, ONE, only, type RequestTerms } from "./driver.ts";
import { Kept } from "./kept.ts";

const trader = (name: string, limits: Partial<TraderLimits> = {}): TraderLimits => ({ name, enabled: true, ...limits });
const session = (more: Partial<ClientSession>): ClientSession => ({ ...CONFIG.sessions[0]!, name: "DESK", ...more });
const setting = (name: string): number => ACCOUNT_SETTINGS.findIndex((kind) => kind.name === name);

function staffed(traders: TraderLimits[], more: Partial<ClientSession> = {}, others: Partial<CoreConfig> = {}) {
  const names = traders.map(({ name }) => name);
  const sessions = [session({ traders: names, ...more }), { ...CONFIG.sessions[1]!, name: "OTHER" }];
  return new CoreDriver({ ...CONFIG, traders, sessions, ...others });
}

let nextId = 0;
/** Sends an order of session 1. Returns its refusal's text, or "". */
function order(driver: CoreDriver, terms: RequestTerms): string {
  return String(only(driver.order({ id: `T${nextId++}`, ...terms })).text ?? "");
}

const openOf = ({ core }: CoreDriver, row: string): number =>
  new StateReader(core.area.buffer, core.area.at).account(row)!.openOrders;

describe("a session with traders", () => {
  test("takes new orders of those alone, and says that it is the trader who is missing or not known", () => {
    const driver = staffed([trader("TOM"), trader("A-TRADER-WITH-A-NAME-OF-MORE-THAN-32-CHARACTERS")]);
    expect(order(driver, { trader: "TOM" })).toBe("");
    expect(order(driver, { trader: "A-TRADER-WITH-A-NAME-OF-MORE-THAN-32-CHARACTERS" })).toBe("");
    expect(order(driver, {})).toBe("RISK-001 NOT_ENTITLED level=TRADER");
    expect(order(driver, { trader: "NOBODY" })).toBe("RISK-001 NOT_ENTITLED level=TRADER");
    expect(only(driver.order({ id: "X", session: 2, account: "ACC2" })).out).toBe("request");
  });

  test("does not take a trader that only another session has, and refuses one that is not enabled", () => {
    const driver = staffed([trader("TOM"), trader("TIM"), trader("OUT", { enabled: false })], {
      traders: ["TOM", "OUT"],
    });
    expect(order(driver, { trader: "TIM" })).toBe("RISK-001 NOT_ENTITLED level=TRADER:TIM");
    expect(order(driver, { trader: "OUT" })).toBe("RISK-132 TRADER_DISABLED level=TRADER:OUT");
    expect(order(driver, { account: "TRADER=TOM", trader: "TOM" })).toContain("UNKNOWN_ACCOUNT");
  });

  test("lets an operator switch a trader off and on", () => {
    const driver = staffed([trader("TOM")]);
    const enabled = { subject: ACCOUNTS, name: "TRADER=TOM", setting: setting("enabled") };
    expect(driver.change([{ ...enabled, value: 0n }])).toBe(CONTROL_APPLIED);
    expect(order(driver, { trader: "TOM" })).toContain("TRADER_DISABLED");
    driver.change([{ ...enabled, value: null }]);
    expect(order(driver, { trader: "TOM" })).toBe("");
  });
});

describe("limits", () => {
  test("of the trader, the session and the client count beside the account's: the smallest is said", () => {
    const driver = staffed(
      [trader("TOM", { maxOrderQtyE8: units(30) }), trader("TIM")],
      { limits: { maxOrderQtyE8: units(40), maxOrderNotionalE4: 3_500n * 10_000n } },
      { clients: [{ name: "FUND", accounts: ["ACC2"], maxOrderQtyE8: units(20) }] },
    );
    expect(order(driver, { trader: "TOM", qty: 31 })).toBe("RISK-010 MAX_ORDER_QTY limit=30 value=31 level=TRADER:TOM");
    expect(order(driver, { trader: "TIM", qty: 41 })).toBe(
      "RISK-010 MAX_ORDER_QTY limit=40 value=41 level=SESSION:DESK",
    );
    expect(order(driver, { trader: "TIM", qty: 21, account: "ACC2" })).toBe(
      "RISK-010 MAX_ORDER_QTY limit=20 value=21 level=CLIENT:FUND",
    );
    expect(order(driver, { trader: "TIM", qty: 36 })).toBe(
      "RISK-011 MAX_ORDER_NOTIONAL limit=3500 value=3600 level=SESSION:DESK",
    );
    expect(order(driver, { trader: "TOM", qty: 30 })).toBe("");
  });

  test("of open orders are given back by a cancel; a replace counts for who entered the order", () => {
    const driver = staffed([trader("TOM", { maxOpenOrders: 1, maxOrderQtyE8: units(50) }), trader("TIM")], {
      limits: { maxOpenOrders: 2 },
    });
    expect(order(driver, { id: "A", trader: "TOM", qty: 10 })).toBe("");
    expect(order(driver, { trader: "TOM", qty: 10 })).toBe("RISK-018 MAX_OPEN_ORDERS limit=1 value=2 level=TRADER:TOM");
    expect(order(driver, { trader: "TIM", qty: 10 })).toBe("");
    expect(order(driver, { trader: "TIM", qty: 10 })).toBe(
      "RISK-018 MAX_OPEN_ORDERS limit=2 value=3 level=SESSION:DESK",
    );
    expect([openOf(driver, "TRADER=TOM"), openOf(driver, "TRADER=TIM"), openOf(driver, "SESSION=DESK")]).toEqual([
      1, 1, 2,
    ]);
    expect(String(only(driver.replace({ id: "R", orig: "A", qty: 51 })).text)).toContain("level=TRADER:TOM");
    driver.say({ execType: code.EXEC_CANCELED, number: 1, slot: 0 });
    expect(order(driver, { trader: "TOM", qty: 10 })).toBe("");
  });
});

describe("executions of a trader in one symbol", () => {
  const STOPPED = "RISK-017 REPEATED_EXECUTIONS level=TRADER:TOM";
  const stopped = { subject: ACCOUNTS, name: "TRADER=TOM", setting: STOPPED_SETTING };
  let nextFill = 0;

  function fill(driver: CoreDriver, slot: number): void {
    driver.say({ execType: code.EXEC_TRADE, number: slot + 1, slot, lastQty: 1, execId: `F${nextFill++}` });
  }

  test("stop it in all accounts: its orders and replaces of them are refused, others trade, until somebody enables it", () => {
    const driver = staffed([trader("TOM", { repeatedExecutions: 2, executionsWindowMs: 1_000 }), trader("TIM")], {
      accounts: ["ACC1", "ACC2"],
    });
    expect(order(driver, { trader: "TOM", qty: 100 })).toBe("");
    expect(order(driver, { trader: "TOM", qty: 100, account: "ACC2" })).toBe("");
    expect(order(driver, { id: "TIM", trader: "TIM", qty: 100 })).toBe("");
    fill(driver, 2);
    fill(driver, 0);
    expect(order(driver, { trader: "TOM" })).toBe("");
    fill(driver, 1);
    expect(order(driver, { trader: "TOM" })).toBe(STOPPED);
    expect(order(driver, { trader: "TOM", account: "ACC2", symbol: "MSFT", px: 200 * ONE })).toBe(STOPPED);
    expect(order(driver, { trader: "TIM" })).toBe("");
    const replace = only(driver.replace({ id: "R", orig: `T${nextId - 7}`, qty: 90, trader: "TIM" }));
    expect(replace).toMatchObject({ out: "cancelReject", reason: 17 });
    const kept = new Kept();
    saveState(driver.core, kept);
    const loaded = new CoreDriver(driver.config);
    loadState(loaded.core, kept);
    expect(order(loaded, { trader: "TOM" })).toBe(STOPPED);
    expect(driver.change([{ ...stopped, value: null }])).toBe(CONTROL_APPLIED);
    fill(driver, 0);
    expect(order(driver, { trader: "TOM" })).toBe("");
    fill(driver, 1);
    expect(order(driver, { trader: "TOM" })).toBe(STOPPED);
  });

  test("stop its account with it, where one execution reaches both limits; a replay without the limits stops both", () => {
    const accounts = CONFIG.accounts.map((one) => ({ ...one, repeatedExecutions: 1 }));
    const limits = { repeatedExecutions: 1 };
    const driver = staffed([trader("TOM", limits), trader("TIM")], { accounts: ["ACC1", "ACC2"] }, { accounts });
    expect(order(driver, { trader: "TOM", qty: 100 })).toBe("");
    fill(driver, 0);
    const again = staffed([trader("TOM"), trader("TIM")], { accounts: ["ACC1", "ACC2"] });
    again.replay(driver.journal, [], []);
    again.take();
    for (const one of [driver, again]) {
      expect(order(one, { trader: "TIM" })).toBe("RISK-017 REPEATED_EXECUTIONS level=ACCOUNT:ACC1");
      expect(order(one, { trader: "TOM", account: "ACC2" })).toBe(STOPPED);
      expect(order(one, { trader: "TIM", account: "ACC2" })).toBe("");
    }
  });

  test("stop it where there is no room to count them", () => {
    const driver = staffed([trader("TOM", { repeatedExecutions: 1_000 })]);
    driver.core.area.setWord(TRADER_PAIR_CAPACITY, 1);
    expect(order(driver, { trader: "TOM", qty: 100 })).toBe("");
    expect(order(driver, { trader: "TOM", qty: 100, symbol: "MSFT", px: 200 * ONE })).toBe("");
    fill(driver, 0);
    expect(order(driver, { trader: "TOM" })).toBe("");
    driver.say({ execType: code.EXEC_TRADE, number: 2, slot: 1, venue: 1, lastQty: 1, execId: "M1" });
    expect(order(driver, { trader: "TOM" })).toBe(STOPPED);
  });
});

describe("a kill switch", () => {
  const kill = (name: string, on: boolean) => [
    { subject: ACCOUNTS, name, setting: setting("killed"), value: on ? 1n : 0n },
  ];

  test("of a client refuses the orders of its accounts, also their replaces; cancels pass", () => {
    const driver = staffed([trader("TOM")], {}, { clients: [{ name: "FUND", accounts: ["ACC1"] }] });
    order(driver, { id: "A", trader: "TOM", qty: 10 });
    driver.change(kill("CLIENT=FUND", true));
    expect(order(driver, { trader: "TOM" })).toBe("RISK-130 KILL_SWITCH_CLIENT level=CLIENT:FUND");
    expect(order(driver, { trader: "TOM", account: "ACC2" })).toBe("");
    expect(only(driver.replace({ id: "R", orig: "A", qty: 11 })).reason).toBe(130);
    expect(only(driver.cancel({ id: "C", orig: "A" })).out).toBe("request");
    driver.change(kill("CLIENT=FUND", false));
    expect(order(driver, { trader: "TOM" })).toBe("");
  });

  test("of a trader refuses what it enters, and replaces of what it has entered", () => {
    const driver = staffed([trader("TOM"), trader("TIM")]);
    order(driver, { id: "A", trader: "TOM", qty: 10 });
    driver.change(kill("TRADER=TOM", true));
    expect(order(driver, { trader: "TOM" })).toBe("RISK-131 KILL_SWITCH_TRADER level=TRADER:TOM");
    expect(only(driver.replace({ id: "R", orig: "A", qty: 11 })).reason).toBe(131);
    expect(order(driver, { trader: "TIM" })).toBe("");
  });

  test("cancels the open orders of the client or the trader, and no others", () => {
    const driver = staffed([trader("TOM"), trader("TIM")], {}, { clients: [{ name: "FUND", accounts: ["ACC2"] }] });
    for (const [name, account] of [
      ["TOM", "ACC1"],
      ["TIM", "ACC1"],
      ["TOM", "ACC2"],
    ])
      order(driver, { trader: name!, account: account!, qty: 10 });
    for (const number of [1, 2, 3]) driver.say({ execType: code.EXEC_NEW, number, slot: number - 1 });
    const sent = (row: string): unknown[] => {
      expect(driver.command(CONTROL_CANCEL_ORDERS, 0, -1, "", cancelText(row))).toBe(CONTROL_APPLIED);
      return driver.take().map(({ slot }) => slot);
    };
    expect(sent("CLIENT=FUND")).toEqual([2]);
    expect(sent("TRADER=TOM")).toEqual([0]);
    expect(sent("TRADER=TIM")).toEqual([1]);
  });
});

describe("a restart", () => {
  const rows = ["TRADER=TOM", "TRADER=TIM", "SESSION=DESK", "SESSION=OTHER"];

  function busy(): CoreDriver {
    const driver = staffed([trader("TOM", { maxOpenOrders: 2 }), trader("TIM")]);
    order(driver, { id: "A", trader: "TOM", qty: 10 });
    order(driver, { id: "B", trader: "TOM", qty: 10 });
    order(driver, { id: "C", trader: "TIM", qty: 10 });
    driver.order({ id: "D", session: 2, account: "ACC2" });
    driver.say({ execType: code.EXEC_CANCELED, number: 1, slot: 0 });
    return driver;
  }

  test("by replay and by snapshot knows who entered which order", () => {
    const driver = busy();
    const counts = rows.map((row) => openOf(driver, row));
    expect(counts).toEqual([1, 1, 2, 1]);
    const replayed = new CoreDriver(driver.config, false);
    replayed.replay(driver.journal, [0, 0, 0], [0, 0]);
    expect(rows.map((row) => openOf(replayed, row))).toEqual(counts);
    const kept = new Kept();
    saveState(driver.core, kept);
    const loaded = new CoreDriver(driver.config, false);
    loadState(loaded.core, kept);
    expect(rows.map((row) => openOf(loaded, row))).toEqual(counts);
    expect(loaded.core.digest()).toBe(driver.core.digest());
  });

  test("with traders in another order, and one gone, counts the same; orders of the one that is gone can be canceled", () => {
    const driver = busy();
    const kept = new Kept();
    saveState(driver.core, kept);
    const sessions = [session({ traders: ["TIM"] }), { ...CONFIG.sessions[1]!, name: "OTHER" }];
    const changed = { ...driver.config, traders: [trader("ADA"), trader("TIM")], sessions };
    for (const start of ["snapshot", "replay"]) {
      const loaded = new CoreDriver(changed, false);
      if (start === "snapshot") loadState(loaded.core, kept);
      else loaded.replay(driver.journal, [0, 0, 0], [0, 0]);
      expect(rows.map((row) => openOf(loaded, row))).toEqual([1, 1, 2, 1]);
      loaded.say({ execType: code.EXEC_CANCELED, number: 2, slot: 1 });
      expect(openOf(loaded, "TRADER=TOM")).toBe(0);
    }
  });

  test("reads a snapshot of a version without traders", () => {
    const driver = new CoreDriver(CONFIG);
    driver.order({ id: "A", qty: 10 });
    const kept = new Kept();
    saveState(driver.core, kept);
    const loaded = new CoreDriver(staffed([trader("TOM")]).config);
    loadState(loaded.core, kept);
    expect([openOf(loaded, "SESSION=DESK"), openOf(loaded, "TRADER=TOM")]).toEqual([1, 0]);
    expect(order(loaded, { trader: "TOM", qty: 10 })).toBe("");
  });
});
