// How full the limits of all client sessions' messages are, as it is read beside the core.

import { expect, test } from "bun:test";
import { FIRM } from "../../../src/core/assembly/layout.ts";
import { FIRM_SETTINGS } from "../../../src/core/risk/settings.ts";
import { firmMessageUses } from "../../../src/gateway/operation/firm-message-uses.ts";
import { CONFIG, CoreDriver } from "../../core/driver.ts";

let next = 0;

function limited(firm: Readonly<Record<string, number>>): CoreDriver {
  return new CoreDriver({ ...CONFIG, firm });
}

function send(driver: CoreDriver, times: number, everyUs = 1): void {
  for (let i = 0; i < times; i++) {
    driver.order({ id: `U${next++}` });
    driver.timeUs += everyUs;
  }
}

const usedOf = ({ core, timeUs }: CoreDriver, atUs = timeUs) => firmMessageUses(core.area, atUs);

test("without limits there is nothing to use; an operator's limit counts from when it is set", () => {
  const driver = new CoreDriver();
  send(driver, 3);
  expect(usedOf(driver)).toEqual([]);
  const setting = FIRM_SETTINGS.findIndex(({ name }) => name === "firmAllMessages");
  driver.change([{ subject: FIRM, name: "", setting, value: 10n }]);
  expect(usedOf(driver)).toEqual([{ limit: "firmAllMessages", used: 0, most: 10 }]);
  send(driver, 3);
  expect(usedOf(driver)).toEqual([{ limit: "firmAllMessages", used: 3, most: 10 }]);
});

test("the fullest window of the last 2 seconds counts, not what came in several of them", () => {
  const driver = limited({ firmOrderMessages: 10, firmOrderMessagesWindowMs: 100, firmAllMessages: 20 });
  send(driver, 7);
  driver.timeUs += 150_000;
  send(driver, 4);
  expect(usedOf(driver)).toEqual([
    { limit: "firmOrderMessages", used: 7, most: 10 },
    { limit: "firmAllMessages", used: 11, most: 20 },
  ]);
  // The first ones are further back than 2 seconds and a window of 100 ms.
  expect(usedOf(driver, driver.timeUs + 1_990_000)[0]!.used).toBe(4);
  expect(usedOf(driver, driver.timeUs + 2_200_000)[0]!.used).toBe(0);
  expect(usedOf(driver, driver.timeUs + 2_200_000)[1]!.used).toBe(11);
  expect(usedOf(driver, driver.timeUs + 4_000_000)[1]!.used).toBe(0);
});

test("a limit that is reached is used up, whatever is refused", () => {
  const driver = limited({ firmOrderMessages: 5, firmOrderMessagesWindowMs: 60_000 });
  send(driver, 9);
  expect(usedOf(driver)).toEqual([{ limit: "firmOrderMessages", used: 5, most: 5 }]);
});
