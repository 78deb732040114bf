import { heapSize } from "bun:jsc";
import type { Views } from "../base/views.ts";
import { COLLECTIONS_DOUBLE, COMPILATIONS_DOUBLE, HEAP_DOUBLE } from "../lane/words.ts";
import { Collections } from "./collections.ts";
import type { Compiles } from "./compiles.ts";

/** Functions checked at a time, of about a thousand: 1 µs. */
const FUNCTIONS_A_CHECK = 8;

/** Counts a lane's garbage collections and the compilations of its functions, in its lane words. */
export class EngineWatch {
  private readonly seen = new Collections();
  private readonly doubles: Float64Array;
  private readonly collectionsAt: number;
  private readonly compilationsAt: number;
  private readonly heapAt: number;
  /** Functions that `continueCheckAll` has not checked yet. */
  private left = 0;

  /** Counts from now on. */
  constructor(
    shared: Views,
    wordsAt: number,
    private readonly compiles: Compiles,
  ) {
    this.doubles = shared.doubles;
    this.collectionsAt = (wordsAt >> 3) + COLLECTIONS_DOUBLE;
    this.compilationsAt = (wordsAt >> 3) + COMPILATIONS_DOUBLE;
    this.heapAt = (wordsAt >> 3) + HEAP_DOUBLE;
    compiles.checkAll();
    this.seen.check();
  }

  /** Checks for a collection and the next few functions. */
  check(): void {
    const doubles = this.doubles;
    if (this.seen.check() > 0) {
      doubles[this.heapAt] = heapSize();
      doubles[this.collectionsAt] = doubles[this.collectionsAt]! + 1;
    }
    this.checkSome();
  }

  private checkSome(): void {
    let compilations = 0;
    for (let i = 0; i < FUNCTIONS_A_CHECK; i++) compilations += this.compiles.check();
    this.doubles[this.compilationsAt] = this.doubles[this.compilationsAt]! + compilations;
  }

  /** Checks every function. */
  checkAll(): void {
    const doubles = this.doubles;
    doubles[this.compilationsAt] = doubles[this.compilationsAt]! + this.compiles.checkAll();
  }

  beginCheckAll(): void {
    this.left = this.compiles.count;
  }

  continueCheckAll(): boolean {
    this.left -= FUNCTIONS_A_CHECK;
    this.checkSome();
    return this.left <= 0;
  }

  /** Collections so far. */
  get collections(): number {
    return this.doubles[this.collectionsAt]!;
  }

  /** Compilations so far of functions that had been compiled before. */
  get recompilations(): number {
    return this.compiles.again;
  }

  /** Checks everything for the last time. */
  end(): void {
    this.check();
    this.checkAll();
  }
}
