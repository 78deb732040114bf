import { CONTROL_TEXT_BYTES, MOST_POSITIONS, POSITION_NAMES_AT } from "./control-codes.ts";

/** The position of an account in a symbol at the start of a trading day, as the core takes it (core/assembly/start-of-day.ts). */
export interface StartPosition {
  readonly account: string;
  readonly symbol: string;
  /** 1e-8 units; below 0 where more was sold. */
  readonly quantity: bigint;
}

/** The text of a command that sets these; null when there are too many. */
export function positionsText(positions: readonly StartPosition[]): Uint8Array | null {
  const rows = positions.map(rowOf);
  const bytes = rows.reduce((sum, { length }) => sum + length, 0);
  if (positions.length > MOST_POSITIONS || bytes > CONTROL_TEXT_BYTES) return null;
  return new Uint8Array(Buffer.concat(rows));
}

/** The positions of a command's text. Stops at what is none. */
export function readPositions(count: number, text: Uint8Array): StartPosition[] {
  const view = new DataView(text.buffer, text.byteOffset, text.length);
  const positions: StartPosition[] = [];
  let at = 0;
  for (let i = 0; i < count && at + POSITION_NAMES_AT <= text.length; i++) {
    const [accountLength, symbolLength] = [view.getInt32(at, true), view.getInt32(at + 4, true)];
    const accountAt = at + POSITION_NAMES_AT;
    const symbolAt = accountAt + wholeWords(accountLength);
    positions.push({
      account: Buffer.from(text.subarray(accountAt, accountAt + accountLength)).toString("latin1"),
      symbol: Buffer.from(text.subarray(symbolAt, symbolAt + symbolLength)).toString("latin1"),
      quantity: view.getBigInt64(at + 8, true),
    });
    at = symbolAt + wholeWords(symbolLength);
  }
  return positions;
}

function rowOf({ account, symbol, quantity }: StartPosition): Uint8Array {
  const symbolAt = POSITION_NAMES_AT + wholeWords(account.length);
  const row = Buffer.alloc(symbolAt + wholeWords(symbol.length));
  row.writeInt32LE(account.length, 0);
  row.writeInt32LE(symbol.length, 4);
  row.writeBigInt64LE(quantity, 8);
  row.write(account, POSITION_NAMES_AT, "latin1");
  row.write(symbol, symbolAt, "latin1");
  return row;
}

function wholeWords(bytes: number): number {
  return (bytes + 7) & ~7;
}
