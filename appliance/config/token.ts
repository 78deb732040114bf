import { createHash, randomBytes } from "node:crypto";

const TOKEN_BYTES = 32;

/** Prints a new token on the standard output and its line of the configuration on the error output. Returns 0. */
export function newToken(): number {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  console.log(token);
  console.error(`hash = "sha256:${createHash("sha256").update(token).digest("hex")}"  # for [admin.tokens.NAME]`);
  return 0;
}
