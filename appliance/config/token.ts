import { createHash, randomBytes } from "node:crypto";

const TOKEN_BYTES = 32;

export interface Token {
  readonly token: string;
  /** For admin.tokens. */
  readonly hash: string;
}

export function makeToken(): Token {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  return { token, hash: `sha256:${createHash("sha256").update(token).digest("hex")}` };
}

/** Prints a new token on the standard output and its line of the configuration on the error output. Returns 0. */
export function newToken(): number {
  const { token, hash } = makeToken();
  console.log(token);
  console.error(`hash = "${hash}"  # for [admin.tokens.NAME]`);
  return 0;
}
