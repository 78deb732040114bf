import { createTwoFilesPatch } from "diff";
import { bytesOf, linkOf, sha256Of } from "./files.ts";
import type { Manifest } from "./manifest.ts";
import { below } from "./places.ts";
import type { Shipped } from "./shipped.ts";

/** Action for one file or link. `place` is its path on the target machine, without the root. */
export type Step =
  | { readonly kind: "same"; readonly place: string; readonly file: Shipped }
  | { readonly kind: "new"; readonly place: string; readonly file: Shipped }
  | { readonly kind: "change"; readonly place: string; readonly file: Shipped; readonly before: Uint8Array }
  /** It was edited, and our content has not changed. */
  | { readonly kind: "keep"; readonly place: string; readonly file: Shipped }
  /** It was edited, and our content has changed: the new file goes beside it. */
  | { readonly kind: "beside"; readonly place: string; readonly file: Shipped; readonly before: Uint8Array }
  | { readonly kind: "link"; readonly place: string; readonly target: string; readonly before: string | null };

/** Path of the new version beside an edited file. */
export function besideOf(place: string): string {
  return `${place}.new`;
}

export function planFile(root: string, manifest: Manifest, file: Shipped): Step {
  const { place } = file;
  const before = bytesOf(below(root, place));
  if (before === null) return { kind: "new", place, file };
  const sum = sha256Of(before);
  const wanted = sha256Of(file.bytes);
  if (sum === wanted) return { kind: "same", place, file };
  if (manifest.wrote(place, sum)) return { kind: "change", place, file, before };
  return manifest.wrote(place, wanted) ? { kind: "keep", place, file } : { kind: "beside", place, file, before };
}

/** Null when the link points there already. */
export function planLink(root: string, place: string, target: string): Step | null {
  const before = linkOf(below(root, place));
  return before === target ? null : { kind: "link", place, target, before };
}

/** Lines that show a step before it is done; empty when there is nothing to do. */
export function stepLines(root: string, step: Step): string[] {
  const path = below(root, step.place);
  switch (step.kind) {
    case "same":
      return [];
    case "new":
      return [line("new", `${path} (${step.file.bytes.length.toLocaleString("en")} bytes)`)];
    case "change":
      return [line("change", path), ...difference(path, path, step.before, step.file.bytes)];
    case "keep":
      return [line("keep", `${path}: edited; the file of this version has not changed`)];
    case "beside":
      return [
        line("keep", `${path}: edited; the file of this version goes to ${besideOf(path)}`),
        ...difference(path, besideOf(path), step.before, step.file.bytes),
      ];
    case "link":
      return [line("link", `${path} -> ${step.target}${step.before === null ? "" : ` (was ${step.before})`}`)];
  }
}

export function line(word: string, what: string): string {
  return `${word.padEnd(8)}${what}`;
}

/** A unified diff; for a binary file only that it differs. */
function difference(oldName: string, newName: string, before: Uint8Array, after: Uint8Array): string[] {
  if (before.includes(0) || after.includes(0)) return [line("", "(not text)")];
  const decoder = new TextDecoder();
  const patch = createTwoFilesPatch(oldName, newName, decoder.decode(before), decoder.decode(after), "", "", {
    context: 2,
  });
  // The first line is a rule of equals signs.
  return patch.trimEnd().split("\n").slice(1);
}
