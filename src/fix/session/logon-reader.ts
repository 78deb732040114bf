import { ascii } from "../../base/ascii.ts";
import { DisconnectReason } from "../../base/disconnect-reason.ts";
import { INCOMPLETE, type Scanner, TOO_LONG } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";

const TLS_HANDSHAKE = 22;
const TLS_MAJOR = 3;
/** The first four bytes of HTTP requests. */
const HTTP_METHODS = ascii("GET POSTHEADPUT OPTICONNDELEPATCTRACPRI ");

/** Reads the first message of a connection for an acceptor: is it a Logon, who sends it, with which Username and Password? */
export class LogonReader {
  /** NONE for a Logon; else the reason to refuse the connection. */
  refusal: DisconnectReason = DisconnectReason.NONE;
  /** It is a message, whose parties can be logged; the offsets count in its bytes. */
  isMessage = false;
  senderFrom = 0;
  senderTo = 0;
  targetFrom = 0;
  targetTo = 0;
  usernameFrom = 0;
  usernameTo = 0;
  hasPassword = false;
  passwordFrom = 0;
  passwordTo = 0;

  constructor(readonly scan: Scanner) {}

  get bytes(): Uint8Array {
    return this.scan.bytes;
  }

  /** Reads the message at `from`; the scanner holds it then. Returns  false while it is incomplete. */
  read(bytes: Uint8Array, from: number, to: number): boolean {
    const scan = this.scan;
    this.isMessage = false;
    this.refusal = strangerAt(bytes, from, to);
    if (this.refusal !== DisconnectReason.NONE) return true;
    const length = scan.scan(bytes, from, to);
    if (length === INCOMPLETE) return false;
    this.isMessage = length > 0;
    if (length < 0) this.refusal = length === TOO_LONG ? DisconnectReason.TOO_LONG : DisconnectReason.NOT_FIX;
    else this.refusal = scan.msgType === tag.LOGON ? DisconnectReason.NONE : DisconnectReason.NOT_LOGON;
    if (length > 0) this.readFields();
    return true;
  }

  /** Reads the Logon that the scanner holds. */
  readFields(): void {
    const scan = this.scan;
    const sender = scan.find(tag.SenderCompID);
    const target = scan.find(tag.TargetCompID);
    const username = scan.find(tag.Username);
    const password = scan.find(tag.Password);
    this.senderFrom = startOf(scan, sender);
    this.senderTo = endOf(scan, sender);
    this.targetFrom = startOf(scan, target);
    this.targetTo = endOf(scan, target);
    this.usernameFrom = startOf(scan, username);
    this.usernameTo = endOf(scan, username);
    this.hasPassword = password >= 0;
    this.passwordFrom = startOf(scan, password);
    this.passwordTo = endOf(scan, password);
  }
}

/** What speaks another protocol than FIX, by its first bytes; NONE: nothing that is known. */
function strangerAt(bytes: Uint8Array, from: number, to: number): DisconnectReason {
  if (to - from < 4) return DisconnectReason.NONE;
  if (bytes[from] === TLS_HANDSHAKE && bytes[from + 1] === TLS_MAJOR) return DisconnectReason.TLS;
  for (let at = 0; at < HTTP_METHODS.length; at += 4) if (isSame(bytes, from, at)) return DisconnectReason.HTTP;
  return DisconnectReason.NONE;
}

function isSame(bytes: Uint8Array, from: number, at: number): boolean {
  for (let i = 0; i < 4; i++) if (bytes[from + i] !== HTTP_METHODS[at + i]) return false;
  return true;
}

/** Of a field; an absent one is empty. */
function startOf(scan: Scanner, field: number): number {
  return field < 0 ? 0 : scan.starts[field]!;
}

function endOf(scan: Scanner, field: number): number {
  return field < 0 ? 0 : scan.ends[field]!;
}
