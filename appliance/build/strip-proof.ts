/*  A compiled executable finds the embedded product by a pointer: eight bytes with the address of the section
 *  `.bun`. The compiler writes them behind the end of another section, outside any section, and `strip` zeroes bytes
 *  outside sections: the result is a plain Bun. Here the section before them becomes eight bytes longer, so that it
 *  contains them.
 *
 *      … .data.rel.ro │ pointer │ …  .bun │ product │ …
 *        └── before ──┘         │       ▲
 *        └────── after ─────────┘       └ its address is in the pointer
 */
const POINTER_BYTES = 8;

// Offsets in the header of a 64-bit ELF file, and in those of its sections.
const SECTIONS_AT = 40;
const SECTION_BYTES_AT = 58;
const SECTION_COUNT_AT = 60;
const NAMES_INDEX_AT = 62;
const ADDRESS_AT = 16;
const OFFSET_AT = 24;
const SIZE_AT = 32;
const TYPE_AT = 4;
const TYPE_CONTENTS = 1;

/**
 * Makes the pointer part of the section before it, in place.
 * Returns  the name of that section.
 * Fails    when the executable has another layout, which a new version of Bun may bring.
 */
export function makeStripProof(executable: Uint8Array): string {
  const view = new DataView(executable.buffer, executable.byteOffset, executable.byteLength);
  const product = sections(view).find(({ name }) => name === ".bun");
  if (product === undefined) throw new Error("strip-proof: expected a section .bun in the executable");
  for (const { name, at, type, offset, size } of sections(view)) {
    const end = offset + size;
    if (type !== TYPE_CONTENTS || end + POINTER_BYTES > executable.length) continue;
    if (view.getBigUint64(end, true) !== BigInt(product.address)) continue;
    view.setBigUint64(at + SIZE_AT, BigInt(size + POINTER_BYTES), true);
    return name;
  }
  throw new Error("strip-proof: expected the address of .bun right behind a section of the executable");
}

interface Section {
  readonly name: string;
  /** Offset of its header. */
  readonly at: number;
  readonly type: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
}

function sections(view: DataView): Section[] {
  const word = (at: number) => Number(view.getBigUint64(at, true));
  const first = word(SECTIONS_AT);
  const bytes = view.getUint16(SECTION_BYTES_AT, true);
  const headers = Array.from({ length: view.getUint16(SECTION_COUNT_AT, true) }, (_, i) => first + i * bytes);
  const namesAt = word(headers[view.getUint16(NAMES_INDEX_AT, true)]! + OFFSET_AT);
  return headers.map((at) => ({
    name: textAt(view, namesAt + view.getUint32(at, true)),
    at,
    type: view.getUint32(at + TYPE_AT, true),
    address: word(at + ADDRESS_AT),
    offset: word(at + OFFSET_AT),
    size: word(at + SIZE_AT),
  }));
}

/** Text up to its terminating zero. */
function textAt(view: DataView, at: number): string {
  let text = "";
  for (let code = view.getUint8(at); code !== 0; code = view.getUint8(++at)) text += String.fromCharCode(code);
  return text;
}
