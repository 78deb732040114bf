// What every source must hold, whatever it does: its size, its exports and what may not be written in it.

const MAX_FILE_LINES = 450;
const MAX_FUNCTION_LINES = 120;
// Put together so that this file is not its own first offender.
const MACHINE_PATH = new RegExp(`(?<![\\w.$])/(?:${["work", "root", "Users", "home/[a-z]\\w*"].join("|")})/`);
const LATER = new RegExp(`\\b(?:${["TO" + "DO", "FIX" + "ME", "X" + "XX"].join("|")})\\b`);
const BANNER = /^\s*(?:\/\/|\/\*|\*|#)\s*[-=*#~─═]{5,}/;

/** Offences that any text file can have, tests and configuration included. */
export function textOffences(path: string, source: string): string[] {
  const offences: string[] = [];
  const lines = source.split("\n");
  lines.forEach((line, i) => {
    if (LATER.test(line)) offences.push(`line ${i + 1}: unfinished work is written into the issue, not the source`);
    if (MACHINE_PATH.test(line)) offences.push(`line ${i + 1}: a path of one machine`);
    if (BANNER.test(line)) offences.push(`line ${i + 1}: a banner; a file that needs sections is two files`);
  });
  if (/\.(ts|mjs)$/.test(path)) {
    if (lines.length - 1 > MAX_FILE_LINES) offences.push(`${lines.length - 1} lines, at most ${MAX_FILE_LINES}`);
    if (/^export default\b/m.test(source)) offences.push("default export: what is imported has a name");
    if (/(^|\/)index\.\w+$/.test(path)) offences.push("index: imports name the file they mean");
  }
  return offences;
}

/** Functions that are too long to be one decision. Reads the layout that the formatter writes. */
export function lengthOffences(source: string): string[] {
  const lines = source.split("\n");
  const offences: string[] = [];
  lines.forEach((line, i) => {
    const indent = /^\s*/.exec(line)![0];
    if (!endsSignature(line)) return;
    const end = lines.findIndex((other, j) => j > i && other.startsWith(`${indent}}`));
    if (end - i + 1 > MAX_FUNCTION_LINES)
      offences.push(`line ${i + 1}: ${end - i + 1} lines, at most ${MAX_FUNCTION_LINES}`);
  });
  return offences;
}

function endsSignature(line: string): boolean {
  if (/=> \{$/.test(line)) return true;
  if (/^\s*(?:\} )?(?:if|else|for|while|switch|do|try|catch|finally|class|interface|export class)\b/.test(line))
    return false;
  return /\)(?:: [^=]+)? \{$/.test(line);
}
