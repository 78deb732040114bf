// What the code asks of the TypeScript around it (core/code.ts).

/** A broken invariant, or a journal that does not fit the configuration (layout.ts); throws. */
@external("env", "fail")
export declare function fail(what: i32, value: f64): void;

/** Not 0 when entries of `bytes` bytes can be journalled now; throws when nothing more ever can, because the disk is full. */
@external("env", "hasJournalRoom")
export declare function hasJournalRoom(bytes: i32): i32;

/** The same, and it never throws. */
@external("env", "journalFits")
export declare function journalFits(bytes: i32): i32;

/** Not 0 while the disk has no room for more than is prepared. */
@external("env", "isStarved")
export declare function isStarved(): i32;

/** Journals an entry whose payload is in two parts, the second perhaps of 0 bytes. Returns its position. */
@external("env", "append")
export declare function append(
  kind: i32,
  session: i32,
  sequence: i32,
  timeUs: f64,
  index: i32,
  epoch: i32,
  from: usize,
  bytes: i32,
  moreFrom: usize,
  moreBytes: i32,
): f64;

/** A report was not applied as the venue meant it. `besideAt`: where the fields that it does not hold are, −1 for none. */
@external("env", "differs")
export declare function differs(report: usize, outcome: i32, besideAt: i32): void;

/** An output of a replay finds no room in its ring: it is kept from where late outputs are made, with what is beside it. */
@external("env", "keepLate")
export declare function keepLate(isRequest: bool, ring: i32, groupBytes: i32): void;

/** An output that leads to no ring. */
@external("env", "output")
export declare function output(isRequest: bool): void;
