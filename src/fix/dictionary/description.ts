/*  A dictionary as plain data. It is read from the built-in tables or an XML file, passed to a lane, and compiled into a
 *  `Dictionary`. Components are resolved; a group is at the position of its count tag.
 */

export interface FieldDescription {
  readonly tag: number;
  /** Data type, by fix/dictionary/data-type.ts. */
  readonly type: number;
  /** Allowed values; empty: any. */
  readonly values: readonly string[];
}

export interface MemberDescription {
  readonly tag: number;
  readonly required: boolean;
  /** Fields of the repeating group of this count tag; the first field begins each entry. */
  readonly group?: readonly MemberDescription[];
}

export interface MessageDescription {
  readonly msgType: string;
  /** Fields of the body; null: the type exists, its fields are not described. */
  readonly members: readonly MemberDescription[] | null;
}

export interface DictionaryDescription {
  /** "FIX.4.2", "FIX.5.0SP2" or a file's name. */
  readonly name: string;
  readonly fields: readonly FieldDescription[];
  readonly header: readonly MemberDescription[];
  readonly trailer: readonly MemberDescription[];
  readonly messages: readonly MessageDescription[];
  /** Tags of session messages when the session layer has a separate dictionary (FIXT); absent: all tags. */
  readonly transportTags?: readonly number[];
}

/** MsgTypes of the session layer. */
export const SESSION_TYPES: readonly string[] = ["0", "1", "2", "3", "4", "5", "A"];

/** Returns the tags of members and of their groups. */
export function tagsOf(members: readonly MemberDescription[]): number[] {
  return members.flatMap(({ tag, group }) => [tag, ...tagsOf(group ?? [])]);
}
