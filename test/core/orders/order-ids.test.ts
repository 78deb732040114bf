import { expect, test } from "bun:test";
import { ascii } from "../../../src/base/ascii.ts";
import { putId } from "../../../src/base/id.ts";
import { NONE } from "../../../src/base/units.ts";
import { Views } from "../../../src/base/views.ts";
import { loadState, saveState } from "../../../src/core/kept-state.ts";
import { FILLED, NEW } from "../../../src/core/orders/states.ts";
import { InnerCore } from "../inner.ts";
import { Kept } from "../kept.ts";

const UUID = "6f9619ff-8b86-d011-b42d-00c04fc964ff";

/** Orders with OrderIDs, and how they are found. */
class Rig extends InnerCore {
  constructor(maxOrders = 8) {
    super({ maxOrders });
  }

  /** A new open order. Returns its slot. */
  open(venue = 0): number {
    const slot = this.inner.candidate();
    this.inner.takeSlot(slot, NEW, venue, this.core.tables.fresh);
    this.inner.openSlot(slot);
    return slot;
  }

  done(slot: number): void {
    this.inner.closeSlot(slot, FILLED);
  }

  keep(slot: number, id: string): void {
    this.inner.keepOrderId(slot, this.idAt, this.put(id));
  }

  find(id: string, venue = 0): number {
    return this.inner.byOrderId(this.idAt, venue, this.put(id));
  }

  textOf(slot: number): string {
    this.inner.copyOrderIdOf(slot, this.outAt);
    return this.out(this.core.tables.order.aim(slot).orderIdLength);
  }

  save(): Kept {
    const kept = new Kept();
    saveState(this.core, kept);
    return kept;
  }
}

test("an OrderID leads to its order, by venue and whole id", () => {
  const rig = new Rig();
  const ids = ["V1", UUID, `${UUID}${UUID.slice(0, 28)}`, `x${UUID}${UUID.slice(1, 28)}`];
  const slots = ids.map((id) => {
    const slot = rig.open();
    rig.keep(slot, id);
    return slot;
  });
  expect(ids.map((id) => rig.find(id))).toEqual(slots);
  expect(slots.map((slot) => rig.textOf(slot))).toEqual(ids);
  expect(ids.map((id) => rig.find(id, 1))).toEqual(ids.map(() => NONE));
  expect(["", "V", "V11", UUID.slice(1)].map((id) => rig.find(id))).toEqual([NONE, NONE, NONE, NONE]);
});

test("an order has the OrderID that was said last; the one before leads nowhere", () => {
  const rig = new Rig();
  const slot = rig.open();
  for (const id of ["V1", UUID, "V2"]) rig.keep(slot, id);
  expect([rig.textOf(slot), rig.find("V2"), rig.find("V1"), rig.find(UUID)]).toEqual(["V2", slot, NONE, NONE]);
});

test("an OrderID that several orders have leads to the last one, but to an open one before a done one", () => {
  const rig = new Rig();
  const [first, second, third] = [rig.open(), rig.open(), rig.open()];
  rig.keep(first!, "V1");
  rig.keep(second!, "V1");
  expect([rig.find("V1"), rig.textOf(first!)]).toEqual([second!, "V1"]);
  rig.done(third!);
  rig.keep(third!, "V1");
  expect([rig.find("V1"), rig.textOf(third!)]).toEqual([second!, "V1"]);
  rig.done(second!);
  rig.keep(first!, "V2");
  rig.keep(first!, "V1");
  expect(rig.find("V1")).toBe(first!);
});

test("a slot that another order takes is no longer found by the OrderID it had", () => {
  const rig = new Rig(2);
  const [first, second] = [rig.open(), rig.open()];
  rig.keep(first!, "V1");
  rig.keep(second!, "V1");
  rig.done(first!);
  expect(rig.open()).toBe(first!);
  expect(rig.find("V1")).toBe(second!);
  rig.done(second!);
  expect(rig.open()).toBe(second!);
  expect([rig.find("V1"), rig.textOf(first!), rig.textOf(second!)]).toEqual([NONE, "", ""]);
});

test("a snapshot keeps who is found by which OrderID, also in tables of another size", () => {
  const rig = new Rig();
  const [first, second] = [rig.open(), rig.open()];
  rig.keep(second!, UUID);
  rig.keep(first!, UUID);
  rig.keep(second!, "V2");
  const kept = rig.save();
  for (const maxOrders of [8, 4096]) {
    const again = new Rig(maxOrders);
    loadState(again.core, kept);
    expect([again.find(UUID), again.find("V2"), again.textOf(first!)]).toEqual([first!, second!, UUID]);
    expect(again.save().all.get("orderIds")).toEqual(kept.all.get("orderIds")!);
  }
});

test("OrderIDs are taken out of the rows of versions that kept them there; their ClOrdIDs are not used again", () => {
  const rig = new Rig();
  const slots = [rig.open(), rig.open(), rig.open()];
  const ids = ["V1", "V".repeat(32), "V1"];
  for (const [i, slot] of slots.entries()) rig.keep(slot, ids[i]!);
  const kept = rig.save();
  // As those versions saved it.
  kept.all.delete("orderIds");
  kept.all.delete("idTails");
  const rows = kept.all.get("orders")!;
  for (const [i, slot] of slots.entries()) {
    const id = Views.allocate(32);
    putId(id, 0, ascii(ids[i]!), 0, ids[i]!.length);
    rows.set(id.ints.subarray(0, 8), slot * 48 + 40);
  }
  const again = new Rig();
  loadState(again.core, kept);
  expect(slots.map((slot) => again.textOf(slot))).toEqual(ids);
  expect([again.find("V1"), again.find("V".repeat(32))]).toEqual([slots[2]!, slots[1]!]);
  const { order } = again.core.tables;
  expect(slots.map((slot) => [order.aim(slot).day, order.epoch])).toEqual(slots.map(() => [NONE, 0]));
});

test("an index of pairs, as versions before saved it, says which orders are found by their OrderIDs", () => {
  const rig = new Rig();
  const [first, second] = [rig.open(), rig.open()];
  rig.keep(second!, UUID);
  rig.keep(first!, UUID);
  const kept = rig.save();
  const rows = kept.all.get("orders")!;
  const hash = rows[first! * 48 + 47]!;
  for (const slot of [first!, second!]) {
    rows[slot * 48 + 46]! &= 0xffff;
    rows[slot * 48 + 47] = 0;
  }
  kept.words("orderIdIndex", new Int32Array([0, 0, first! + 1, hash, 0, 0]), 6);
  const again = new Rig();
  loadState(again.core, kept);
  expect([again.find(UUID), again.textOf(second!)]).toEqual([first!, UUID]);
  expect(again.core.digest()).toBe(rig.core.digest());
});
