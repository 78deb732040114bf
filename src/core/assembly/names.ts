import { copyId, hashId, sameId } from "../../record/assembly/ids.ts";
import { ID_BYTES } from "../../record/assembly/units.ts";
import { accountAt } from "./accounts.ts";
import { area, word } from "./area.ts";
import { NONE } from "./codes.ts";
import { fail } from "./host.ts";
import {
  ACCOUNT_IS_LEVEL,
  ACCOUNT_NAMES,
  ACCOUNTS,
  JOURNAL_NAMES,
  NAME_CAPACITY,
  NAME_COUNT,
  NAME_INDEX_AT,
  NAME_INDEX_SLOTS,
  NAME_LENGTHS_AT,
  NAMES_AT,
  STORES_REORDER,
  SYMBOL_NAMES,
} from "./layout.ts";

/** Names as ids → index, by open addressing; read for each order, added by a reload. In the area at an address. */
@unmanaged
class Names {
  @inline
  private get names(): usize {
    return load<u32>(changetype<usize>(this), NAMES_AT);
  }
  @inline
  private get lengths(): usize {
    return load<u32>(changetype<usize>(this), NAME_LENGTHS_AT);
  }
  @inline
  private get index(): usize {
    return load<u32>(changetype<usize>(this), NAME_INDEX_AT);
  }
  @inline
  private get mask(): i32 {
    return load<i32>(changetype<usize>(this), NAME_INDEX_SLOTS) - 1;
  }
  @inline
  get count(): i32 {
    return load<i32>(changetype<usize>(this), NAME_COUNT);
  }

  /** Returns the index of an id, or NONE. */
  find(at: usize, length: i32): i32 {
    const mask = this.mask;
    const index = this.index;
    let place = hashId(at, length, 0) & mask;
    let found = load<i32>(index + (place << 2)) - 1;
    while (found >= 0 && !this.is(found, at, length)) {
      place = (place + 1) & mask;
      found = load<i32>(index + (place << 2)) - 1;
    }
    return found;
  }

  @inline
  get capacity(): i32 {
    return load<i32>(changetype<usize>(this), NAME_CAPACITY);
  }

  /** Adds a name that is not there. Others see it once it is counted. Returns its index. */
  add(at: usize, length: i32): i32 {
    const added = this.count;
    if (added === this.capacity) fail(JOURNAL_NAMES, added);
    copyId(this.names + <usize>added * ID_BYTES, at, length);
    store<u8>(this.lengths + added, <u8>length);
    const mask = this.mask;
    const index = this.index;
    let place = hashId(at, length, 0) & mask;
    while (load<i32>(index + (place << 2)) !== 0) place = (place + 1) & mask;
    store<i32>(index + (place << 2), added + 1);
    const countAt = changetype<usize>(this) + NAME_COUNT;
    if (word(STORES_REORDER) !== 0) atomic.store<i32>(countAt, added + 1);
    else store<i32>(countAt, added + 1);
    return added;
  }

  /** True when an id is the name of this index, which may be NONE. */
  is(index: i32, at: usize, length: i32): bool {
    return index !== NONE && this.lengthOf(index) === length && sameId(this.names + <usize>index * ID_BYTES, at, length);
  }

  @inline
  lengthOf(index: i32): i32 {
    return <i32>load<u8>(this.lengths + index);
  }

  @inline
  copy(index: i32, to: usize): void {
    copyId(to, this.at(index), this.lengthOf(index));
  }

  @inline
  at(index: i32): usize {
    return this.names + <usize>index * ID_BYTES;
  }
}

// @ts-ignore: decorator
@inline
export function accountNames(): Names {
  return changetype<Names>(area + ACCOUNT_NAMES);
}

// @ts-ignore: decorator
@inline
export function symbolNames(): Names {
  return changetype<Names>(area + SYMBOL_NAMES);
}

function namesOf(table: i32): Names {
  return table === ACCOUNTS ? accountNames() : symbolNames();
}

/** Adds a name to a table (ACCOUNTS or SYMBOLS). Returns its index. */
export function addName(table: i32, at: usize, length: i32): i32 {
  const index = namesOf(table).add(at, length);
  if (table === ACCOUNTS && isOfLevel(at, length)) {
    const row = accountAt(index);
    row.flags |= ACCOUNT_IS_LEVEL;
  }
  return index;
}

/** True for the name of a client, a client session or a trader (core/level-rows.ts): that of an account has no "=". */
function isOfLevel(at: usize, length: i32): bool {
  for (let i = 0; i < length; i++) if (load<u8>(at + <usize>i) === EQUALS) return true;
  return false;
}

const EQUALS: u8 = 0x3d;

/** How many names a table has, and how many it has room for. */
export function nameCount(table: i32): i32 {
  return namesOf(table).count;
}

export function nameCapacity(table: i32): i32 {
  return namesOf(table).capacity;
}

export function findName(table: i32, at: usize, length: i32): i32 {
  return namesOf(table).find(at, length);
}

/** Where a name stands, and its length. */
export function nameBytes(table: i32, index: i32): usize {
  return namesOf(table).at(index);
}

export function nameLengthOf(table: i32, index: i32): i32 {
  return namesOf(table).lengthOf(index);
}
