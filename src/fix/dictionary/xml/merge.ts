import type { MemberDescription } from "../description.ts";

/**
 * Returns members with each tag once, at its first place; it is required when any of them is. Groups of a tag become one
 * group with the members of all: one that is not in each of them is not required there.
 */
export function merged(members: readonly MemberDescription[]): MemberDescription[] {
  const byTag = new Map<number, MemberDescription>();
  for (const member of members) {
    const other = byTag.get(member.tag);
    byTag.set(member.tag, other === undefined ? member : one(other, member));
  }
  return [...byTag.values()];
}

function one(first: MemberDescription, second: MemberDescription): MemberDescription {
  const required = first.required || second.required;
  const group = first.group === undefined ? second.group : united(first.group, second.group ?? first.group);
  return { tag: first.tag, required, ...(group === undefined ? {} : { group }) };
}

/** Unites two groups; the first field of the first one begins each entry. */
function united(first: readonly MemberDescription[], second: readonly MemberDescription[]): MemberDescription[] {
  const required = (group: readonly MemberDescription[], tag: number): boolean =>
    group.some((member) => member.tag === tag && member.required);
  return merged([...first, ...second]).map((member) => ({
    ...member,
    required: required(first, member.tag) && required(second, member.tag),
  }));
}
