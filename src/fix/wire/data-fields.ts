import { IS_DATA, IS_LENGTH } from "./codec/layout.ts";

/** Length fields whose data field follows and may contain SOH: RawData, Signature, XmlData, the Encoded… texts, passwords. */
const LENGTH_TAGS = new Int32Array([
  ...[90, 93, 95, 212, 348, 350, 352, 354, 356, 358, 360, 362, 364, 445, 618, 621],
  ...[1184, 1277, 1280, 1282, 1397, 1401, 1403, 1468],
]);
/** Their data fields, in the same order: the next tag but for Signature (89). */
const DATA_TAGS = LENGTH_TAGS.map((tag) => (tag === 93 ? 89 : tag + 1));
const LAST = 1_469;
const KINDS = new Uint8Array(new ArrayBuffer(LAST + 1));
for (const tag of LENGTH_TAGS) KINDS[tag] = IS_LENGTH;
for (const tag of DATA_TAGS) KINDS[tag] = IS_DATA;

/** What a tag is: IS_LENGTH, IS_DATA, or 0. */
export function dataKind(tag: number): number {
  return tag > LAST ? 0 : KINDS[tag]!;
}

export function dataTagOf(lengthTag: number): number {
  return DATA_TAGS[LENGTH_TAGS.indexOf(lengthTag)]!;
}

export function lengthTagOf(dataTag: number): number {
  return LENGTH_TAGS[DATA_TAGS.indexOf(dataTag)]!;
}
