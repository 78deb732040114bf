import { COLLECTIONS_DOUBLE, COMPILATIONS_DOUBLE } from "../agent/lane-words.ts";
import type { Views } from "../base/views.ts";
import { Collections } from "./collections.ts";
import type { Compiles } from "./compiles.ts";

/** Keeps a lane's counts of what its engine did to it while it ran: collections, and compilations of its functions. */
export class EngineWatch {
  private readonly collections = new Collections();
  private readonly doubles: Float64Array;
  private readonly collectionsAt: number;
  private readonly compilationsAt: number;

  /** Counts from now on. */
  constructor(
    shared: Views,
    wordsAt: number,
    private readonly compiles: Compiles,
  ) {
    this.doubles = shared.doubles;
    this.collectionsAt = (wordsAt >> 3) + COLLECTIONS_DOUBLE;
    this.compilationsAt = (wordsAt >> 3) + COMPILATIONS_DOUBLE;
    compiles.lookAtAll();
    this.collections.look();
  }

  /** A glance, by a lane that runs: one function's turn each time. */
  look(): void {
    const doubles = this.doubles;
    doubles[this.collectionsAt] = doubles[this.collectionsAt]! + this.collections.look();
    doubles[this.compilationsAt] = doubles[this.compilationsAt]! + this.compiles.look();
  }

  /** The last look. Cold. */
  end(): void {
    this.look();
    const doubles = this.doubles;
    doubles[this.compilationsAt] = doubles[this.compilationsAt]! + this.compiles.lookAtAll();
  }
}
