import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/*  What the message classes of QuickFIX's C++ headers say of FIX: which fields a message has, which its constructor requires,
 *  and the members of its groups. They were generated from QuickFIX's dictionaries of every version.
 */
export const HEADERS = "/usr/include/quickfix";

export interface HeaderMessage {
  readonly msgType: string;
  readonly required: readonly number[];
  readonly fields: readonly number[];
  /** Members by count tag; of groups inside groups too. */
  readonly groups: ReadonlyMap<number, readonly number[]>;
}

export const available = existsSync(join(HEADERS, "FixFieldNumbers.h"));

export function fieldNumbers(): Map<string, number> {
  const text = readFileSync(join(HEADERS, "FixFieldNumbers.h"), "utf8");
  return new Map([...text.matchAll(/const int (\w+) = (\d+);/g)].map((match) => [match[1]!, Number(match[2])]));
}

/** Every message of a folder such as "fix42". */
export function messagesOf(folder: string, numbers: Map<string, number>): HeaderMessage[] {
  return readdirSync(join(HEADERS, folder))
    .filter((file) => file.endsWith(".h") && !/^Message(Cracker)?\.h$/.test(file))
    .map((file) => messageOf(file.slice(0, -2), readFileSync(join(HEADERS, folder, file), "utf8"), numbers))
    .filter((message) => message !== null);
}

function messageOf(name: string, text: string, numbers: Map<string, number>): HeaderMessage | null {
  const msgType = /MsgType\("(\w+)"\)/.exec(text)?.[1];
  if (msgType === undefined) return null;
  const parameters = new RegExp(`\\n\\s+${name}\\(\\s*\\n(.*?)\\)\\s*: Message`, "s").exec(text)?.[1] ?? "";
  const required = [...parameters.matchAll(/const FIX::(\w+)&/g)].map((match) => numbers.get(match[1]!)!);
  return { msgType, required, ...membersOf(text, numbers) };
}

function membersOf(text: string, numbers: Map<string, number>): Pick<HeaderMessage, "fields" | "groups"> {
  const fields: number[] = [];
  const groups = new Map<number, number[]>();
  const open: number[][] = [fields];
  for (const match of text.matchAll(/FIELD_SET\(\*this, FIX::(\w+)\)|class (\w+)\s*:\s*public FIX::Group|\};/g)) {
    if (match[1] !== undefined) open.at(-1)!.push(numbers.get(match[1])!);
    else if (match[2] !== undefined) {
      const members: number[] = [];
      groups.set(numbers.get(match[2])!, members);
      open.push(members);
    } else if (open.length > 1) open.pop();
  }
  return { fields, groups };
}
