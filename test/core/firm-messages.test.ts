import { expect, test } from "bun:test";
import { FIRM } from "../../src/core/assembly/layout.ts";
import type { CoreConfig } from "../../src/core/config.ts";
import { FIRM_ALL_MESSAGES, FIRM_ORDER_MESSAGES } from "../../src/core/risk/reason-codes.ts";
import { FIRM_SETTINGS } from "../../src/core/risk/settings.ts";
import { CONTROL_CLOCK_SET_BACK } from "../../src/record/control-codes.ts";
import { CONFIG, CoreDriver } from "./driver.ts";
import { keptIn } from "./kept-core.ts";

const configOf = (firm: CoreConfig["firm"]): CoreConfig => ({ ...CONFIG, firm: firm! });

test("new orders and replaces of all sessions count within the window, to the microsecond; what is refused does not", () => {
  const driver = new CoreDriver(configOf({ firmOrderMessages: 3, firmOrderMessagesWindowMs: 10 }));
  expect(driver.order({ id: "A" })[0]!.out).toBe("request");
  expect(driver.order({ id: "B", session: 2, account: "ACC2" })[0]!.out).toBe("request");
  driver.timeUs += 5_000;
  // A replace that is refused for something else counts, too.
  expect(driver.replace({ id: "C", orig: "A" })[0]!.out).toBe("request");
  const full = driver.order({ id: "D", session: 2, account: "ACC2" })[0]!;
  expect(full).toMatchObject({ reason: FIRM_ORDER_MESSAGES, text: "RISK-137 FIRM_ORDER_MESSAGES level=FIRM" });
  expect(driver.replace({ id: "E", orig: "B", session: 2, account: "ACC2" })[0]!.reason).toBe(FIRM_ORDER_MESSAGES);
  // Cancels pass, and count for nothing here.
  expect(driver.cancel({ id: "F", orig: "B", session: 2, account: "ACC2" })[0]!.out).toBe("request");
  driver.timeUs += 4_999;
  expect(driver.order({ id: "G" })[0]!.reason).toBe(FIRM_ORDER_MESSAGES);
  driver.timeUs += 1;
  // The first two are as old as the window.
  for (const id of ["H", "I"]) expect(driver.order({ id })[0]!.out).toBe("request");
  expect(driver.order({ id: "J" })[0]!.reason).toBe(FIRM_ORDER_MESSAGES);
});

test("cancels and status requests count among all messages, and are never refused", () => {
  const driver = new CoreDriver(configOf({ firmAllMessages: 2, firmAllMessagesWindowMs: 1_000 }));
  driver.order({ id: "A" });
  expect(driver.cancel({ id: "B", orig: "A" })[0]!.out).toBe("request");
  expect(driver.order({ id: "C" })[0]!.reason).toBe(FIRM_ALL_MESSAGES);
  for (let i = 0; i < 5; i++) expect(driver.status({ id: "A" })[0]!.execType).toBe("I");
  driver.timeUs += 1_000_000;
  expect(driver.order({ id: "D" })[0]!.out).toBe("request");
});

test("a clock that was set back keeps everybody out for no longer than a window", () => {
  const driver = new CoreDriver(configOf({ firmOrderMessages: 1 }));
  driver.order({ id: "A" });
  driver.timeUs -= 3_600_000_000;
  driver.instruct(CONTROL_CLOCK_SET_BACK, 0, 0, "");
  expect(driver.order({ id: "A2" })[0]!.reason).toBe(FIRM_ORDER_MESSAGES);
  driver.timeUs += 1_000_000;
  expect(driver.order({ id: "B" })[0]!.out).toBe("request");
  expect(driver.order({ id: "C" })[0]!.reason).toBe(FIRM_ORDER_MESSAGES);
});

test("an operator sets the limit while orders flow; a replay and a snapshot count as the core does", () => {
  const driver = new CoreDriver(CONFIG);
  const setting = FIRM_SETTINGS.findIndex(({ name }) => name === "firmOrderMessages");
  driver.order({ id: "A" });
  driver.change([{ subject: FIRM, name: "", setting, value: 2n }]);
  // What came before it was set does not count.
  for (const id of ["B", "C"]) expect(driver.order({ id })[0]!.out).toBe("request");
  expect(driver.order({ id: "D" })[0]!.reason).toBe(FIRM_ORDER_MESSAGES);
  const again = new CoreDriver(CONFIG, false);
  again.replay(driver.journal, [0, 0, 0], [0, 0]);
  expect(again.core.digest()).toBe(driver.core.digest());
  const kept = keptIn(driver, CONFIG);
  expect(kept.core.digest()).toBe(driver.core.digest());
  kept.timeUs = driver.timeUs;
  expect(kept.order({ id: "E" })[0]!.reason).toBe(FIRM_ORDER_MESSAGES);
});
