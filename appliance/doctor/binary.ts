import type { Box } from "./box.ts";
import { type Finding, fail, notApplicable, ok, type Subject, warn } from "./finding.ts";

export function integrity({ files, executable }: Box): Finding {
  const subject: Subject = {
    name: "binary integrity",
    theme: "binary",
    why: "what runs must be the one file that was released",
  };
  const { path, compiled, sha256 } = executable;
  if (!compiled) return notApplicable(subject, `${path} runs the product's sources`);
  if (sha256 === null) return warn(subject, `${path} cannot be read`, "Make it readable to the user who runs it.");
  const published = files.read(`${path}.sha256`)?.split(/\s+/)[0];
  if (published === undefined) return ok(subject, `${path}, sha256 ${sha256}`);
  if (published.toLowerCase() === sha256) return ok(subject, `${path}, sha256 ${sha256} as ${path}.sha256 says`);
  return fail(subject, `sha256 ${sha256}, but ${path}.sha256 says ${published}`, "Install the released file again.");
}

export const binaryChecks = [integrity];
