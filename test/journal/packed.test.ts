import { expect, test } from "bun:test";
import fc from "fast-check";
import { instantiate } from "../../src/assembly/module.ts";
import { MIB } from "../../src/base/units.ts";
import { ENTRY_HEADER_BYTES, ENTRY_ORDER } from "../../src/journal/layout.ts";
import { readStream } from "../../src/journal/store/reader.ts";
import { type Inner, withInner } from "../core/inner.ts";
import { Rig, scratchDirectory } from "./rig.ts";

const STREAM = 256;
/** Where the payloads are, behind the words. */
const FROM = 1024;
const MORE_FROM = 3072;

const int = fc.oneof(fc.constant(0), fc.integer());
const record = fc.record({
  units: fc.array(fc.oneof(fc.constant(0n), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), {
    minLength: 2,
    maxLength: 104,
  }),
  more: fc.uint8Array({ maxLength: 50 }),
  session: fc.oneof(fc.constant(-1), fc.integer({ min: 0, max: 2 ** 23 - 1 })),
  sequence: int,
  epoch: int,
  repeats: fc.boolean(),
});

test("a packed record is read back as it was, and never takes more than it has and a header", () => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 40 }), (records) => {
      using dir = scratchDirectory();
      const rig = new Rig(dir.path, "core", { segmentBytes: MIB, bufferBytes: MIB });
      const inner = withInner(() => instantiate(rig.memory)) as unknown as Inner;
      const longs = new BigInt64Array(rig.memory.buffer, FROM, 104);
      const { bytes, ints } = rig.shared;
      const expected: string[] = [];
      for (const { units, more, session, sequence, epoch, repeats } of records) {
        longs.set(units);
        // As in the records of orders and reports.
        if (repeats) ints.set([session, sequence, epoch], (FROM >> 2) + 1);
        bytes.set(more, MORE_FROM);
        const length = 8 * units.length;
        const before = rig.writer.position;
        inner.appendPacked(STREAM, ENTRY_ORDER, session, sequence, 5, epoch, FROM, length, MORE_FROM, more.length);
        expect(rig.writer.position - before).toBeLessThanOrEqual(ENTRY_HEADER_BYTES + 8 + length + more.length + 7);
        const payload = [...bytes.subarray(FROM, FROM + length), ...more];
        expected.push(JSON.stringify([session, sequence, epoch, payload]));
      }
      rig.close();
      const found: string[] = [];
      readStream(dir.path, "core", ({ kind, session, sequence, epoch, views, payloadAt, payloadLength }) => {
        expect(kind).toBe(ENTRY_ORDER);
        const payload = [...views.bytes.subarray(payloadAt, payloadAt + payloadLength)];
        found.push(JSON.stringify([session, sequence, epoch, payload]));
      });
      expect(found).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});
