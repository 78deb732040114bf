/*  A dictionary as plain data: what the built-in facts and XML files are turned into, what a lane is handed, and what
 *  `Dictionary` is compiled from. Components are resolved; a group stands where its count tag stands.
 */

export interface FieldDescription {
  readonly tag: number;
  /** Data type, by fix/dictionary/data-type.ts. */
  readonly type: number;
  /** The values it may have; empty: any. */
  readonly values: readonly string[];
}

export interface MemberDescription {
  readonly tag: number;
  readonly required: boolean;
  /** The fields of the repeating group that this tag counts; the first begins each entry. */
  readonly group?: readonly MemberDescription[];
}

export interface MessageDescription {
  readonly msgType: string;
  /** Its body; null: the type exists, its fields are not described. */
  readonly members: readonly MemberDescription[] | null;
}

export interface DictionaryDescription {
  /** "FIX.4.2", "FIX.5.0SP2" or a file's name. */
  readonly name: string;
  readonly fields: readonly FieldDescription[];
  readonly header: readonly MemberDescription[];
  readonly trailer: readonly MemberDescription[];
  readonly messages: readonly MessageDescription[];
  /** Where the session layer has a dictionary of its own (FIXT): the tags that exist for its messages; left out: all. */
  readonly transportTags?: readonly number[];
}

/** MsgTypes of the session layer. */
export const SESSION_TYPES: readonly string[] = ["0", "1", "2", "3", "4", "5", "A"];

/** All tags of members, those of their groups included. Cold. */
export function tagsOf(members: readonly MemberDescription[]): number[] {
  return members.flatMap(({ tag, group }) => [tag, ...tagsOf(group ?? [])]);
}
