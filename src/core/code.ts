/** What the core's code asks of the TypeScript around it. Addresses are byte offsets in its memory, signed in a call. */
export interface CoreImports {
  /** Throws: a broken invariant, or a journal that does not fit the configuration (core/failures.ts). */
  fail(what: number, value: number): void;
  /** Throws: nothing more can ever be journalled, because the disk is full. */
  journalFull(): void;
  /** The monotonic clock, nanoseconds. */
  clockNs(): number;
  /** A report was not applied as the venue meant it. `besideAt`: where the fields that it does not hold are, -1 for none. */
  differs(report: number, outcome: number, besideAt: number): void;
  /** The command at an address has ended values of settings. */
  ended(command: number): void;
  /** An output of a replay finds no room in ring number `ring`: it is kept, with its groups, which are behind its slot. */
  keepLate(isRequest: number, ring: number, groupBytes: number): void;
  /** An output that leads to no ring: it is at LATE_REQUEST_AT or LATE_REPORT_AT. */
  output(isRequest: number): void;
}

/** Exports of the core's code (core/assembly); `table` is ACCOUNTS or SYMBOLS. */
export interface CoreCode {
  /** Takes up the area that `layOut` has laid out. */
  openCore(area: number): void;
  addName(table: number, at: number, length: number): number;
  findName(table: number, at: number, length: number): number;
  /** Before the configuration is given: no account or symbol is configured, no session is known and may use an account. */
  forgetFile(): void;
  /** The configuration has this account or symbol. */
  setConfigured(table: number, index: number): void;
  /** Sets a symbol's form and route. */
  setSymbol(symbol: number, prices: number, quantityStepE8: bigint, venue: number): void;
  /** Sets the configuration's value of a setting (core/risk/settings.ts); `settle` must follow. */
  setFileValue(subject: number, index: number, setting: number, value: bigint): void;
  /** Brings an account, a symbol or the firm to what its settings say, but for the firm's kill switch. */
  settle(subject: number, index: number): void;
  settleKill(timeUs: number): void;
  /** Rows of overrides (core/assembly/overrides.ts), -1: none: one past its end; one that the decided order needs, whose use is not made. */
  expiredOverride(timeUs: number): number;
  nextNeeded(): number;
  /** Writes the command that ends one: used by the order of this number, or (0) expired. Returns its address. */
  writeOverrideEnd(row: number, number: number): number;
  /** After overrides were loaded. */
  countOverrides(): void;
  /** After unmatched reports were loaded. */
  countUnmatched(): void;
  /** True when a value of a setting is at its end (core/assembly/temporaries.ts). */
  isEndDue(timeUs: number): number;
  /** Writes the command that ends such values. Returns its address. */
  writeEnds(timeUs: number): number;
  /** After temporary values were loaded. */
  findTemporaryEnd(): void;
  /** Sets an operator's reference price, at nobody's name. */
  instruct(symbol: number, priceE8: bigint, timeUs: number): void;
  /** Enters all orders that were loaded into the indexes of their ids. */
  indexOrders(): void;
  /** Keeps an accepted order that duplicates are held against. */
  keepEntered(
    account: number,
    symbol: number,
    side: number,
    quantity: bigint,
    priceE8: bigint,
    stopE8: bigint,
    pegE8: bigint,
    timeUs: number,
  ): void;
  /** Keeps the time of an execution, the newest one of all; or notes when one was whose time was given up. */
  keepExecution(account: number, symbol: number, timeUs: number): void;
  loseExecution(account: number, symbol: number, timeUs: number): void;
  /** Keeps the time of a message of a client session, the newest one; of the new orders and replaces, or of all kinds. */
  keepFirmMessage(isOrder: number, timeUs: number): void;
  /** Returns the row of the position of an account in a symbol, which it adds where there is none. */
  addPosition(account: number, symbol: number): number;
  /** The row of the accounts is of a client, or of the firm. */
  setIsLevel(row: number): void;
  /** Where a client session's own limits are. */
  setSessionRow(session: number, row: number): void;
  /** The account is one of a client's; both are rows. */
  setClient(account: number, client: number): void;
  /** Adds up what clients and the firm have of their accounts. */
  addUpLevels(): void;
  /** Adds up the quantities of all open orders that were loaded. */
  addUpExposure(): void;
  /** Gives a loaded order the OrderID at an address. */
  giveOrderId(slot: number, at: number, length: number): void;
  /** Takes a part of a routing rule, ROUTE_… (record/control-codes.ts); `at` is the address of its text. */
  setRoute(what: number, rule: number, value: bigint, at: number, length: number): void;
  addSession(session: number): void;
  grant(session: number, account: number): void;
  /** Slot of the next order that is to be canceled for the one that was refused last because both could trade; NONE: none. */
  nextCrossing(): number;
  /** Returns the decision as the journal keeps it. */
  decide(request: number, timeUs: number, isStarved: number): number;
  stamp(request: number): void;
  applyDecided(request: number, timeUs: number): void;
  order(request: number, timeUs: number, code: number): void;
  report(report: number, timeUs: number): number;
  shorten(report: number): void;
  stampRules(report: number): void;
  markReport(report: number, timeUs: number): void;
  control(control: number, timeUs: number, answer: number, code: number): number;
  carry(isRequest: number, at: number, bytes: number): void;
  carryNothing(): void;
  beginReplay(): void;
  endReplay(isKilled: number): void;
  /** A free slot of an output ring, or of the ring of groups beside it; 0: none. */
  claimLate(isRequest: number, ring: number): number;
  claimLateGroups(isRequest: number, ring: number): number;
  publishLate(isRequest: number, ring: number, hasGroups: number): void;
  /** After the replay, and whenever LATE_COUNT is lower: the past ends with the last late output. */
  endOutputsOfThePast(): void;
  /** One turn of the agent. Returns the amount of work done. */
  poll(timeUs: number): number;
}
