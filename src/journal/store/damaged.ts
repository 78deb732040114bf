/** Something in the journal is not as it was written. The message names file and offset, and says what to do. */
export class Damaged extends Error {
  override readonly name = "Damaged";
}

/** A file went, or became shorter, while it was read: a start does that to what is empty at a stream's end. */
export class Changed extends Damaged {}

/** The command that looks into a damage, for the end of a message. */
export function repairHint(dir: string): string {
  return `see what can be done: sallyport journal repair ${dir}`;
}
