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
}
