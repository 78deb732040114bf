import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Sent } from "./record-proxy.ts";

/** The suites that peers of it have to use: AES-128-GCM with SHA-256. */
export const SUITES = { "-tls1_3": ["-ciphersuites", "TLS_AES_128_GCM_SHA256"], "-tls1_2": ["-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"] } as const; // biome-ignore format: one line
export type Version = keyof typeof SUITES;

const HEADER_BYTES = 5;
const TAG_BYTES = 16;
const KEY_BYTES = 16;
const NONCE_BYTES = 12;
/** In TLS 1.2: what each record has of its nonce. */
const EXPLICIT_BYTES = 8;
const RANDOM_AT = 11;
const DATA = 0x17;

interface Keys {
  readonly key: Buffer;
  readonly nonce: Buffer;
}

/** Opens and seals records in place of one peer, by the log of keys that openssl writes. */
export class RecordKeys {
  private readonly keys: Keys;
  /** Number of its next record. */
  private next = 0;

  constructor(
    private readonly version: Version,
    side: "client" | "server",
    keyLog: string,
    { own, other }: Sent,
  ) {
    const log = readFileSync(keyLog, "utf8");
    const secret = (label: string): Buffer => {
      const hex = new RegExp(`^${label} [0-9a-f]+ ([0-9a-f]+)$`, "im").exec(log)?.[1];
      if (hex === undefined) throw new Error(`expected a line ${label} in ${keyLog}, got ${log}`);
      return Buffer.from(hex, "hex");
    };
    if (version === "-tls1_3") this.keys = laterKeys(secret(`${side.toUpperCase()}_TRAFFIC_SECRET_0`));
    else {
      const [client, server] = side === "client" ? [own[0]!, other[0]!] : [other[0]!, own[0]!];
      this.keys = earlierKeys(secret("CLIENT_RANDOM"), randomOf(client), randomOf(server), side);
    }
    // Those before belong to the handshake, and can't be opened with these keys.
    for (const record of own) this.open(record);
  }

  /** What its next record has; null: it is none of these keys. */
  open(record: Buffer): { type: number; body: Buffer } | null {
    const isLater = this.version === "-tls1_3";
    const from = HEADER_BYTES + (isLater ? 0 : EXPLICIT_BYTES);
    const length = record.length - from - TAG_BYTES;
    if (length < 0) return null;
    const nonce = isLater ? this.nonce() : Buffer.concat([this.keys.nonce, record.subarray(HEADER_BYTES, from)]);
    const cipher = createDecipheriv("aes-128-gcm", this.keys.key, nonce);
    cipher.setAAD(isLater ? record.subarray(0, HEADER_BYTES) : this.earlierHead(record[0]!, length));
    cipher.setAuthTag(record.subarray(record.length - TAG_BYTES));
    let text: Buffer;
    try {
      text = Buffer.concat([cipher.update(record.subarray(from, from + length)), cipher.final()]);
    } catch {
      return null;
    }
    this.next++;
    // The type is the last byte.
    if (isLater) return { type: text.at(-1)!, body: text.subarray(0, -1) };
    return { type: record[0]!, body: text };
  }

  /** Opens a record without counting it. */
  look(record: Buffer): Buffer {
    const opened = this.open(record);
    if (opened === null) throw new Error(`expected record ${this.next}, got another one`);
    this.next--;
    return opened.body;
  }

  /** The next record. */
  seal(type: number, body: Buffer): Buffer {
    const isLater = this.version === "-tls1_3";
    const text = isLater ? Buffer.concat([body, Buffer.of(type)]) : body;
    const explicit = isLater ? Buffer.alloc(0) : this.number();
    const bytes = explicit.length + text.length + TAG_BYTES;
    const header = Buffer.from([isLater ? DATA : type, 3, 3, bytes >> 8, bytes & 255]);
    const nonce = isLater ? this.nonce() : Buffer.concat([this.keys.nonce, explicit]);
    const cipher = createCipheriv("aes-128-gcm", this.keys.key, nonce);
    cipher.setAAD(isLater ? header : this.earlierHead(type, text.length));
    const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
    this.next++;
    return Buffer.concat([header, explicit, sealed, cipher.getAuthTag()]);
  }

  private number(): Buffer {
    const number = Buffer.alloc(8);
    number.writeUInt32BE(this.next, 4);
    return number;
  }

  private nonce(): Buffer {
    const nonce = Buffer.from(this.keys.nonce);
    for (const [i, byte] of this.number().entries()) nonce[NONCE_BYTES - 8 + i]! ^= byte;
    return nonce;
  }

  private earlierHead(type: number, length: number): Buffer {
    return Buffer.concat([this.number(), Buffer.from([type, 3, 3, length >> 8, length & 255])]);
  }
}

/** RFC 8446, 7.3. */
function laterKeys(secret: Buffer): Keys {
  const expand = (label: string, bytes: number): Buffer => {
    const name = Buffer.from(`tls13 ${label}`);
    const info = Buffer.concat([Buffer.of(0, bytes, name.length), name, Buffer.of(0, 1)]);
    return createHmac("sha256", secret).update(info).digest().subarray(0, bytes);
  };
  return { key: expand("key", KEY_BYTES), nonce: expand("iv", NONCE_BYTES) };
}

/** RFC 5246, 6.3: keys of both sides, then what their nonces begin with. */
function earlierKeys(master: Buffer, client: Buffer, server: Buffer, side: "client" | "server"): Keys {
  const seed = Buffer.concat([Buffer.from("key expansion"), server, client]);
  const hmac = (data: Buffer): Buffer => createHmac("sha256", master).update(data).digest();
  let block = Buffer.alloc(0);
  for (let a = hmac(seed); block.length < 2 * KEY_BYTES + 8; a = hmac(a))
    block = Buffer.concat([block, hmac(Buffer.concat([a, seed]))]);
  const index = side === "client" ? 0 : 1;
  const nonceAt = 2 * KEY_BYTES + 4 * index;
  return {
    key: block.subarray(KEY_BYTES * index, KEY_BYTES * (index + 1)),
    nonce: block.subarray(nonceAt, nonceAt + 4),
  };
}

/** Of a hello in its record. */
function randomOf(hello: Buffer): Buffer {
  return hello.subarray(RANDOM_AT, RANDOM_AT + 32);
}
