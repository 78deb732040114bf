import { expect, test } from "bun:test";
import { CompIds } from "../../src/client/comp-ids.ts";

const PLACES = 300;
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(`--${text}--`, "latin1"));

/** The places that may have a CompID, in their order. */
function found(ids: CompIds, text: string): number[] {
  const places: number[] = [];
  const bytes = bytesOf(text);
  for (let place = ids.first(bytes, 2, bytes.length - 2); place !== -1; place = ids.after(place)) places.push(place);
  return places;
}

const set = (ids: CompIds, place: number, text: string): void => {
  const bytes = bytesOf(text);
  ids.set(place, bytes, 2, bytes.length - 2);
};

test("every session is found by its CompID, and no longer by a former one", () => {
  const ids = new CompIds(PLACES);
  for (let place = 0; place < PLACES; place++) set(ids, place, `CLIENT${place}`);
  for (let place = 0; place < PLACES; place++) expect(found(ids, `CLIENT${place}`)).toContain(place);
  for (let place = 0; place < PLACES; place += 3) set(ids, place, `OTHER${place}`);
  // A place is in one chain, which other CompIDs may share.
  for (let place = 0; place < PLACES; place++)
    expect(found(ids, `${place % 3 === 0 ? "OTHER" : "CLIENT"}${place}`)).toContain(place);
  for (let place = 0; place < PLACES; place++) set(ids, place, "SAME");
  expect(found(ids, "SAME")).toEqual(Array.from({ length: PLACES }, (_, i) => i));
  expect(found(ids, "CLIENT1").length).toBeOneOf([0, PLACES]);
});

test("sessions with the same CompID are found in their order", () => {
  const ids = new CompIds(8);
  for (const place of [1, 4, 6]) set(ids, place, "SAME");
  expect(found(ids, "SAME")).toEqual([1, 4, 6]);
  set(ids, 4, "SAME");
  expect(found(ids, "SAME")).toEqual([1, 6, 4]);
});
