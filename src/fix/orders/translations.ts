import { ascii, equals } from "../../base/ascii.ts";

/*  Fields that have another tag, or values of another meaning, in later versions. Each row is read in both directions: a message
 *  that has no place for the one has the other. `*` is any value. A row with a second field stands for both together.
 *
 *  Sources: FIX 4.3 and 4.4, Volume 6 (notes "no longer used", "replaced by") and the appendix on Rule80A, OrderCapacity and
 *  OrderRestrictions; FIX 5.0, Volume 6, on MaxShow. Rule80A's values for short exempt sales say what Side says and have no row.
 */
const ROWS = `
47=A 528=A
47=C 528=P 529=1 3
47=D 528=P 529=1 2
47=I 528=I
47=J 528=I 529=1 2
47=K 528=I 529=1 3
47=M 528=W 529=1 2
47=N 528=W 529=1 3
47=O 528=P 529=4
47=P 528=P
47=R 528=W 529=4
47=S 528=P 529=5
47=U 528=A 529=1 2
47=W 528=W
47=Y 528=A 529=1 3
47=T 528=W 529=4
204=0 528=A
204=1 528=P
201=0 461=OPXXXX
201=1 461=OCXXXX
210=* 1138=*
465=1 854=0
465=5 854=0
465=8 854=0
465=6 854=1
`;

/** Values of a field that later versions spell otherwise. */
const RESPELLED = `
167=RP 167=REPO
167=SL 167=SECLOAN
`;

const ANY = "*".charCodeAt(0);
const NOTHING = new Uint8Array(0);

export interface Translation {
  readonly older: number;
  readonly olderValue: Uint8Array;
  readonly newer: number;
  readonly newerValue: Uint8Array;
  /** Second field of the newer version, 0 for none. */
  readonly also: number;
  readonly alsoValue: Uint8Array;
}

function read(text: string): readonly Translation[] {
  const field = (word: string): [number, Uint8Array] => {
    const [tag, value] = word.split("=");
    return [Number(tag), ascii(value!)];
  };
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [older, newer, also] = line.split(/ (?=\d+=)/).map(field);
      const [alsoTag, alsoValue] = also ?? [0, NOTHING];
      return {
        older: older![0],
        olderValue: older![1],
        newer: newer![0],
        newerValue: newer![1],
        also: alsoTag,
        alsoValue,
      };
    });
}

export const TRANSLATIONS = read(ROWS);
export const RESPELLINGS = read(RESPELLED);

/** True when `bytes[from, to)` is the value of a row. */
export function isValue(value: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  return isAny(value) || (to - from === value.length && equals(bytes, from, to, value));
}

export function isAny(value: Uint8Array): boolean {
  return value.length === 1 && value[0] === ANY;
}

/** Tag of the second field that rows of this newer field may have, 0 for none. */
export function secondOf(newer: number): number {
  for (let i = 0; i < TRANSLATIONS.length; i++) {
    const row = TRANSLATIONS[i]!;
    if (row.newer === newer && row.also !== 0) return row.also;
  }
  return 0;
}
