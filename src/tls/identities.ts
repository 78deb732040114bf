import { createHash, X509Certificate } from "node:crypto";

/** Bytes of a digest that lanes compare: 4 words. */
const DIGEST_BYTES = 16;

/** What a session's `certificate` names, as 4 words that a lane compares. */
export function identityWords(text: string): Int32Array {
  const digest = createHash("sha256").update(text, "utf8").digest();
  const words = new Int32Array(DIGEST_BYTES / 4);
  for (let i = 0; i < words.length; i++) words[i] = digest.readInt32LE(4 * i);
  return words;
}

/** A certificate as operators see it. */
export interface CertificateView {
  /** As RFC 4514 writes it: `CN=ALICE,O=Firm`. */
  readonly subject: string;
  /** All that may be named in a session's `certificate`: the subject, its CN, each alternative name. */
  readonly identities: readonly string[];
  readonly issuer: string;
  /** Such as `02:51:10…`, 32 bytes. */
  readonly sha256: string;
  readonly from: Date;
  readonly until: Date;
}

/** Reads a certificate, DER or PEM. Throws where it is none. */
export function readCertificate(bytes: Uint8Array | string): CertificateView {
  const certificate = new X509Certificate(bytes as Buffer);
  const { subject: lines = "", issuer = "", subjectAltName = "" } = certificate;
  const parts = (lines as string).split("\n").filter((line) => line !== "");
  const subject = reversed(lines as string);
  const names = parts.filter((line) => line.startsWith("CN="));
  return {
    subject,
    identities: [...new Set([subject, parts.join(","), ...names, ...alternativeNames(subjectAltName as string)])],
    issuer: reversed(issuer as string),
    sha256: certificate.fingerprint256,
    from: new Date(certificate.validFrom),
    until: new Date(certificate.validTo),
  };
}

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----/g;

/** Reads all certificates of a file, PEM. Throws where one is none. */
export function readCertificates(text: string): CertificateView[] {
  return [...text.matchAll(BLOCK)].map(([pem]) => readCertificate(pem));
}

/** SHA-256 of a certificate's DER, as a `CertificateView` has it. */
export function fingerprintOf(der: Uint8Array): string {
  return createHash("sha256").update(der).digest("hex").toUpperCase().match(/../g)!.join(":");
}

/** RFC 4514 begins with the last part. */
function reversed(lines: string): string {
  return lines
    .split("\n")
    .filter((line) => line !== "")
    .reverse()
    .join(",");
}

/** `DNS:alice.example`, `URI:…`, `IP:10.0.0.1`, `email:…`; names that had to be quoted can't be told apart, and match nothing. */
function alternativeNames(text: string): string[] {
  return text
    .split(", ")
    .filter((name) => name !== "" && !name.includes('"'))
    .map((name) => name.replace(/^IP Address:/, "IP:"));
}

/** Several of them, one after the other. */
export function wordsOf(identities: readonly string[]): Int32Array {
  return Int32Array.from(identities.flatMap((one) => [...identityWords(one)]));
}
