import { expect, test } from "bun:test";
import type { FixSession } from "../../src/fix/session/session.ts";
import type { Link } from "../../src/session/link.ts";
import { HandledRequests } from "../../src/venue/handled-requests.ts";

/** A link whose journal has room for so many entries. */
function linkOf(room: number) {
  const written: string[] = [];
  const recorder = {
    get hasRoom(): boolean {
      return written.length < room;
    },
    passed: (index: number) => void written.push(`passed ${index}`),
    released: (index: number) => void written.push(`released ${index}`),
    held: (index: number) => void written.push(`held ${index}`),
  };
  return { written, link: { recorder } as unknown as Link<FixSession> };
}

test("refused requests are journalled as far as there is room, the rest later, each once", () => {
  const handled = new HandledRequests(null, 8);
  handled.refused(20);
  for (const index of [3, 5, 9, 11]) handled.heldRefused(index);
  const first = linkOf(3);
  expect(handled.record(first.link)).toBe(false);
  const second = linkOf(100);
  expect(handled.record(second.link)).toBe(true);
  const all = [...first.written, ...second.written];
  expect(first.written.length).toBe(3);
  expect(all.toSorted()).toEqual(["passed 20", "released 11", "released 3", "released 5", "released 9"]);
  expect(handled.record(linkOf(100).link)).toBe(true);
  expect(handled.record(linkOf(0).link)).toBe(false);
});

test("those that an earlier run held have room, however many of this one's wait for the journal", () => {
  const handled = new HandledRequests({ lastIndex: 9, held: [4, 6] }, 2);
  for (const index of [12, 13]) {
    expect(handled.hasRoom).toBe(true);
    handled.heldRefused(index);
  }
  expect(handled.hasRoom).toBe(false);
  handled.refused(4);
  handled.refused(6);
  expect([handled.isOver(4), handled.isOver(5)]).toEqual([false, true]);
  const { link, written } = linkOf(100);
  expect(handled.record(link)).toBe(true);
  expect(written.length).toBe(4);
});
