import type { Command } from "../commands/command.ts";
import { completionScript, SHELLS } from "./completion.ts";

const OK = 0;
const BAD_USAGE = 2;

/** Prints the completion for a shell. Returns  0, or 2 for a shell that has none. */
export function completionCommand(shell: string, commands: readonly Command[]): number {
  const known = SHELLS.find((one) => one === shell);
  if (known === undefined) {
    console.error(`sallyport completion: expected ${SHELLS.join(" or ")}, got ${shell}`);
    return BAD_USAGE;
  }
  process.stdout.write(completionScript(known, commands));
  return OK;
}
