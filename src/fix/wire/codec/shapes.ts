import { area, same } from "./area.ts";
import { has, isValue, setOf } from "./formats.ts";
import { BESIDE_WORD, COUNT_WORD, MARKS_AT, PASSED_WORD, TAGS_AT } from "./layout.ts";
import { readInt } from "./numbers.ts";
import {
  RULES_SETS,
  RULES_SHAPES,
  SHAPE_BYTES,
  SHAPE_FIELDS,
  SHAPE_MARKS,
  SHAPE_NOTES,
  SHAPE_TAGS,
  SHAPES,
} from "./rules.ts";
import { endOf, startOf, tagOf } from "./scan.ts";

// Most messages have the tags of an earlier one in the same order: then only what depends on values is checked again.

/** Kinds of notes besides the data types (formats.ts): the count of a group, a value of a set, a value of less than eight bytes. */
export const COUNTED: u32 = 16;
export const IN_SET: u32 = 17;
export const SHORT: u32 = 18;

const ZERO = 48;

/** Where notes go during a walk, and how many there are. */
let notes: usize = 0;
let noted: u32 = 0;

/** Place of the shape that the indexed fields may have; 0 when they are too many. */
export function shapeOf(rules: usize, checks: u32): usize {
  const count = load<i32>(area, COUNT_WORD * 4);
  if (count === 0 || count > SHAPE_FIELDS) return 0;
  const hash = <usize>(tagOf(count >> 1) + <u32>count + checks) & (SHAPES - 1);
  return load<u32>(rules, RULES_SHAPES) + hash * SHAPE_BYTES;
}

/** Forgets what is at the place; what is noted from now on is of the next shape there. */
export function beginShape(shape: usize): void {
  if (shape !== 0) store<u32>(shape, 0);
  notes = shape;
  noted = 0;
}

export function note(field: i32, kind: u32, number: u32): void {
  if (notes === 0) return;
  if (noted === <u32>SHAPE_FIELDS) {
    notes = 0;
    return;
  }
  const at = notes + (noted++ << 3);
  store<u16>(at, field, SHAPE_NOTES);
  store<u16>(at, kind, SHAPE_NOTES + 2);
  store<u32>(at, number, SHAPE_NOTES + 4);
}

/** Keeps the shape of the fields that were walked. */
export function keepShape(checks: u32): void {
  const shape = notes;
  if (shape === 0) return;
  const count = load<u32>(area, COUNT_WORD * 4);
  store<u32>(shape, count);
  store<u32>(shape, checks, 4);
  store<u32>(shape, load<u32>(area, BESIDE_WORD * 4), 8);
  store<u32>(shape, load<u32>(area, PASSED_WORD * 4), 12);
  store<u32>(shape, noted, 16);
  memory.copy(shape + SHAPE_TAGS, area + TAGS_AT, count << 2);
  memory.copy(shape + SHAPE_MARKS, area + MARKS_AT, count);
}

/** True when the indexed fields have this shape and right values: then they are marked as those of the shape were. */
export function hasShape(shape: usize, rules: usize, checks: u32): bool {
  const count = load<u32>(area, COUNT_WORD * 4);
  if (load<u32>(shape) !== count || load<u32>(shape, 4) !== checks) return false;
  if (!same(shape + SHAPE_TAGS, area + TAGS_AT, count << 2)) return false;
  const sets = <usize>load<u32>(rules, RULES_SETS);
  const end = shape + (<usize>load<u32>(shape, 16) << 3);
  for (let at = shape; at < end; at += 8) {
    const field = <i32>load<u16>(at, SHAPE_NOTES);
    const kind = <u32>load<u16>(at, SHAPE_NOTES + 2);
    const number = load<u32>(at, SHAPE_NOTES + 4);
    if (!isRight(startOf(field), endOf(field), kind, number, sets)) return false;
  }
  for (let i: u32 = 0; i < count; i += 16) v128.store(area + MARKS_AT + i, v128.load(shape + SHAPE_MARKS + i));
  store<u32>(area, load<u32>(shape, 8), BESIDE_WORD * 4);
  store<u32>(area, load<u32>(shape, 12), PASSED_WORD * 4);
  return true;
}

function isRight(at: usize, to: usize, kind: u32, number: u32, sets: usize): bool {
  if (kind < COUNTED) return isValue(at, to, kind, setOf(sets, number));
  if (kind === IN_SET) return has(setOf(sets, number), at, to);
  return kind === SHORT ? to - at < 8 : countOf(at, to) === <i32>number;
}

/** Count of a group's entries as it must be written, negative for any other text. */
export function countOf(at: usize, to: usize): i32 {
  return load<u8>(at) === ZERO && to - at > 1 ? -1 : readInt(at, to);
}
