// What the code asks of the TypeScript around it (core/code.ts).

/** A broken invariant, or a journal that does not fit the configuration (layout.ts); throws. */
@external("env", "fail")
export declare function fail(what: i32, value: f64): void;

/** Nothing more can ever be journalled, because the disk is full; throws. */
@external("env", "journalFull")
export declare function journalFull(): void;

/** The monotonic clock, nanoseconds: for measurements only. */
@external("env", "clockNs")
export declare function clockNs(): f64;

/** A report was not applied as the venue meant it. `besideAt`: where the fields that it does not hold are, −1 for none. */
@external("env", "differs")
export declare function differs(report: usize, outcome: i32, besideAt: i32): void;

/** The command at an address has ended values of settings (end-temporaries.ts). */
@external("env", "ended")
export declare function ended(command: usize): void;

/** An output of a replay finds no room in its ring: it is kept from where late outputs are made, with what is beside it. */
@external("env", "keepLate")
export declare function keepLate(isRequest: bool, ring: i32, groupBytes: i32): void;

/** An output that leads to no ring. */
@external("env", "output")
export declare function output(isRequest: bool): void;
