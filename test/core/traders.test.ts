// Limits of client sessions and traders: who may enter orders, what counts for them, their kill switches, and what a restart knows.

import { describe, expect, test } from "bun:test";
import { ACCOUNTS } from "../../src/core/assembly/layout.ts";
import type { ClientSession, CoreConfig, TraderLimits } from "../../src/core/config.ts";
import { loadState, saveState } from "../../src/core/kept-state.ts";
import { ACCOUNT_SETTINGS } from "../../src/core/risk/settings.ts";
import { StateReader } from "../../src/core/state-reader.ts";
import * as code from "../../src/record/codes.ts";
import { CONTROL_APPLIED, CONTROL_CANCEL_ORDERS } from "../../src/record/control-codes.ts";
import { units } from "../numbers.ts";
import { cancelText } from "./drawn-cancels.ts";
import { CONFIG, CoreDriver, only, type RequestTerms } from "./driver.ts";
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
