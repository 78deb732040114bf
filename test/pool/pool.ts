import { addressOf, viewAt } from "../../ffi/memory.ts";
import { Views } from "../../src/base/views.ts";
import { Buffers } from "../../src/pool/buffers.ts";
import { Central } from "../../src/pool/central.ts";
import { POOL_COUNTERS } from "../../src/pool/counters.ts";
import { mapRegion } from "../../src/pool/keeper.ts";
import { poolBytes, SPAN_BYTES } from "../../src/pool/layout.ts";

/** A pool for a test: its region stays mapped, as the pool of a process does. */
export class TestPool {
  readonly address: number;
  readonly tables: Views;
  readonly central: Central;
  readonly lanes: Buffers[] = [];

  constructor(
    readonly spans: number,
    lanes = 1,
  ) {
    this.address = mapRegion(spans);
    this.tables = new Views(new SharedArrayBuffer(poolBytes(spans)));
    this.central = new Central(this.tables, { at: 0, spans });
    for (let lane = 0; lane < lanes; lane++) this.lanes.push(this.lane(lane));
  }

  lane(lane: number): Buffers {
    return new Buffers(this.central, this.address, new Float64Array(new ArrayBuffer(8 * POOL_COUNTERS.length)), lane);
  }

  /** The region's bytes. */
  bytes(): Uint8Array {
    return new Uint8Array(viewAt(this.address, this.spans * SPAN_BYTES));
  }
}

/** Some bytes that tell their place, at an address that stays. */
export function patterned(count: number): { bytes: Uint8Array; address: number } {
  const bytes = new Uint8Array(new ArrayBuffer(Math.max(4096, count)));
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31 + (i >> 8)) & 255;
  return { bytes, address: addressOf(bytes.buffer) };
}
