/** The journal is damaged. The message has the file, the offset and a remedy. */
export class Damaged extends Error {
  override readonly name = "Damaged";
}

/** A file was removed or cut while it was read: a start does that to empty segments at a stream's end. */
export class Changed extends Damaged {}

/** The command that examines damage, for the end of a message. */
export function repairHint(dir: string): string {
  return `to examine it, run: sallyport journal repair ${dir}`;
}

/** The files of the journal were removed or cut while the gateway ran. */
export class JournalLost extends Error {}
