/** One list of revoked certificates. */
export interface RevocationList {
  /** CN of the authority that has made it; "" where it has none. */
  readonly issuer: string;
  /** When it has to be replaced, milliseconds since 1970; null where it does not say. */
  readonly untilMs: number | null;
}

const BLOCK = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]*)-----END X509 CRL-----/g;
const SEQUENCE = 0x30;
const INTEGER = 0x02;
const UTC_TIME = 0x17;
const GENERAL_TIME = 0x18;
/** The object identifier 2.5.4.3 of a CN, as DER has it. */
const COMMON_NAME = Buffer.from([0x06, 0x03, 0x55, 0x04, 0x03]);

/** Reads the lists of a file, PEM. Throws where one is none. */
export function readLists(text: string): RevocationList[] {
  return [...text.matchAll(BLOCK)].map(([, base64]) => readList(Buffer.from(base64!, "base64")));
}

/*  CertificateList  SEQUENCE { SEQUENCE { version INTEGER (optional), algorithm, issuer, thisUpdate, nextUpdate (optional), … }, … }  */
function readList(der: Buffer): RevocationList {
  const list = part(part(der, 0, SEQUENCE).content, 0, SEQUENCE).content;
  const first = part(list, 0);
  const algorithm = first.tag === INTEGER ? part(list, first.end) : first;
  const issuer = part(list, algorithm.end, SEQUENCE);
  const made = part(list, issuer.end);
  const next = made.end < list.length ? part(list, made.end) : null;
  const hasEnd = next !== null && (next.tag === UTC_TIME || next.tag === GENERAL_TIME);
  return { issuer: commonName(issuer.content), untilMs: hasEnd ? timeOf(next) : null };
}

interface Part {
  readonly tag: number;
  readonly content: Buffer;
  /** Offset behind it. */
  readonly end: number;
}

/** The element at an offset. */
function part(bytes: Buffer, at: number, expected?: number): Part {
  const tag = bytes.readUInt8(at);
  if (expected !== undefined && tag !== expected)
    throw new Error(`expected a certificate revocation list, got tag ${tag} at byte ${at}`);
  const short = bytes.readUInt8(at + 1);
  const lengthBytes = short < 0x80 ? 0 : short & 0x7f;
  const length = lengthBytes === 0 ? short : bytes.readUIntBE(at + 2, lengthBytes);
  const from = at + 2 + lengthBytes;
  if (from + length > bytes.length) throw new Error("expected a whole certificate revocation list, got a part of one");
  return { tag, content: bytes.subarray(from, from + length), end: from + length };
}

/** `YYMMDDHHMMSSZ` until 2049, `YYYYMMDDHHMMSSZ` afterwards. */
function timeOf({ tag, content }: Part): number {
  const text = content.toString("latin1");
  const year =
    tag === GENERAL_TIME ? text.slice(0, 4) : `${Number(text.slice(0, 2)) < 50 ? "20" : "19"}${text.slice(0, 2)}`;
  const [month, day, hour, minute, second] = text.slice(tag === GENERAL_TIME ? 4 : 2).match(/\d\d/g) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function commonName(name: Buffer): string {
  const at = name.lastIndexOf(COMMON_NAME);
  return at < 0 ? "" : part(name, at + COMMON_NAME.length).content.toString("utf8");
}
