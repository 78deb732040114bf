import { describe, expect, test } from "bun:test";
import { ORPHAN } from "../../src/core/outcomes.ts";
import * as reason from "../../src/core/risk/reason-codes.ts";
import * as code from "../../src/record/codes.ts";
import { CONFIG, CoreDriver, ONE, only } from "./driver.ts";

describe("many orders", () => {
  test("a table full of open orders refuses by name and takes again when one ends", () => {
    const driver = new CoreDriver({ ...CONFIG, maxOrders: 8 });
    for (let i = 0; i < 8; i++) expect(only(driver.order({ id: `O${i}` })).out).toBe("request");
    expect(only(driver.order({ id: "X" }))).toMatchObject({ reason: reason.TABLE_FULL, text: "CORE-204 TABLE_FULL" });
    for (let i = 0; i < 8; i++) expect(only(driver.cancel({ id: `C${i}`, orig: `O${i}` })).out).toBe("request");
    driver.say({ execType: code.EXEC_CANCELED, number: 1, slot: 0 });
    expect(only(driver.order({ id: "Y" })).out).toBe("request");
  });

  test("done orders are forgotten oldest first, and late reports of them are orphans", () => {
    const driver = new CoreDriver({ ...CONFIG, maxOrders: 4 });
    const end = (number: number, slot: number) => driver.say({ execType: code.EXEC_CANCELED, number, slot });
    for (let i = 0; i < 4; i++) driver.order({ id: `O${i}` });
    end(3, 2);
    end(1, 0);
    expect(only(driver.status({ id: "O2" })).ordStatus).toBe("4");
    expect(only(driver.order({ id: "N1" })).slot).toBe(2);
    expect(only(driver.status({ id: "O2" })).orderId).toBe("NONE");
    expect(only(driver.status({ id: "O0" })).ordStatus).toBe("4");
    expect(
      driver.tell({ execType: code.EXEC_TRADE, number: 3, slot: 2, lastQty: 1, lastPx: ONE, cumQty: 1, execId: "E" }),
    ).toBe(ORPHAN);
    expect(only(driver.order({ id: "O2" })).slot).toBe(0);
  });

  test("a cancel is never blocked by ClOrdIDs that replaces and refused cancels have taken", () => {
    const driver = new CoreDriver({ ...CONFIG, maxOrders: 4 });
    for (let i = 0; i < 4; i++) driver.order({ id: `O${i}` });
    let refused = 0;
    let number = 4;
    for (let i = 0; i < 40; i++) {
      const out = only(driver.replace({ id: `R${i}`, orig: "O0" }));
      if (out.out === "cancelReject") refused++;
      else driver.say({ kind: code.REPORT_CANCEL_REJECT, number: ++number });
    }
    expect(refused).toBe(39);
    for (let i = 0; i < 40; i++) {
      const order = i & 3;
      expect(only(driver.cancel({ id: `C${i}`, orig: `O${order}` })).out).toBe("request");
      driver.say({ kind: code.REPORT_CANCEL_REJECT, number: ++number, slot: order });
    }
  });

  test("a refused order that finds no room is answered all the same, and not remembered", () => {
    const driver = new CoreDriver({ ...CONFIG, maxOrders: 2 });
    driver.order({ id: "A" });
    for (let number = 2; number < 5; number++) {
      driver.replace({ id: `R${number}`, orig: "A" });
      driver.say({ kind: code.REPORT_CANCEL_REJECT, number });
    }
    expect(only(driver.order({ id: "B", qty: 0 })).reason).toBe(reason.BAD_QUANTITY);
    expect(only(driver.status({ id: "B" })).orderId).toBe("NONE");
    expect(only(driver.order({ id: "B" })).reason).toBe(reason.TABLE_FULL);
    expect(only(driver.cancel({ id: "C", orig: "A" })).out).toBe("request");
  });
});
