import { createPublicKey, verify } from "node:crypto";
import { bytesOf, sha256Of } from "../install/files.ts";

const SIGNATURE_BYTES = 64;

export interface Evidence {
  /** Ed25519, as the configuration has it. */
  readonly publicKey?: string;
  /** Given on the command line. */
  readonly sha256?: string;
}

const SIGNED = "signed by the key of upgrade.publicKey";

/**
 * Checks that a file is genuine: signed with the configured key, or else of the published checksum.
 * Returns  the evidence in a few words.
 * Fails    with one line when there is no evidence, or evidence against it.
 */
export function requireTrust(file: string, bytes: Uint8Array, { publicKey, sha256 }: Evidence): string {
  const sum = sha256Of(bytes);
  const published = sha256 ?? publishedSum(`${file}.sha256`);
  if (published !== null && published.toLowerCase() !== sum) {
    throw new Error(`${file}: sha256 is ${sum}, expected ${published}: it is not the file that was published`);
  }
  if (publicKey !== undefined) {
    requireSignature(file, bytes, publicKey);
    return published === null ? SIGNED : `${SIGNED}, and its checksum matches (sha256 ${sum})`;
  }
  if (published !== null) {
    const unread = bytesOf(`${file}.sig`) === null ? "" : `; ${file}.sig is not checked without upgrade.publicKey`;
    return `checksum matches (sha256 ${sum})${unread}`;
  }
  throw new Error(
    `${file}: nothing says that it is genuine; expected ${file}.sha256 or --sha256 HEX, or upgrade.publicKey in the configuration and ${file}.sig`,
  );
}

function requireSignature(file: string, bytes: Uint8Array, publicKey: string): void {
  const signature = bytesOf(`${file}.sig`);
  if (signature === null) {
    throw new Error(
      `${file}.sig: not there; upgrade.publicKey is set, so the signature is needed and a checksum is not enough`,
    );
  }
  if (signature.length !== SIGNATURE_BYTES) {
    throw new Error(`${file}.sig: ${signature.length} bytes; expected the ${SIGNATURE_BYTES} of an Ed25519 signature`);
  }
  const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
  if (!verify(null, bytes, key, signature)) {
    throw new Error(`${file}: the signature in ${file}.sig is not that of upgrade.publicKey over this file`);
  }
}

/** Checksum in a file that sha256sum wrote; null when there is no such file. */
function publishedSum(path: string): string | null {
  const bytes = bytesOf(path);
  if (bytes === null) return null;
  const word = new TextDecoder().decode(bytes).trim().split(/\s+/)[0] ?? "";
  if (!/^[0-9a-f]{64}$/i.test(word))
    throw new Error(`${path}: expected the 64 hexadecimal digits that sha256sum prints`);
  return word;
}
