import { addressOf, cString, SCRATCH_BYTES } from "./memory.ts";
import { type OpenSsl, openSsl, takeError, textAt } from "./openssl.ts";

/* Constants of OpenSSL 3's headers; test/ffi/tls.test.ts compares them with the C compiler's. */
export const SSL_FILETYPE_PEM = 1;
export const SSL_VERIFY_PEER = 1;
export const SSL_VERIFY_FAIL_IF_NO_PEER_CERT = 2;
export const SSL_CTRL_MODE = 33;
export const SSL_CTRL_SET_SESS_CACHE_MODE = 44;
export const SSL_CTRL_SET_TLSEXT_HOSTNAME = 55;
export const SSL_CTRL_CLEAR_MODE = 78;
export const SSL_CTRL_SET_MIN_PROTO_VERSION = 123;
export const SSL_MODE_ENABLE_PARTIAL_WRITE = 1;
export const SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER = 2;
export const SSL_MODE_AUTO_RETRY = 4;
export const SSL_SESS_CACHE_OFF = 0;
export const SSL_OP_NO_TICKET = 0x4000;
export const SSL_OP_NO_COMPRESSION = 0x20000;
export const SSL_OP_CIPHER_SERVER_PREFERENCE = 0x400000;
export const SSL_OP_NO_RENEGOTIATION = 0x40000000;
export const SSL_ERROR_SSL = 1;
export const SSL_ERROR_WANT_READ = 2;
export const SSL_ERROR_WANT_WRITE = 3;
export const SSL_ERROR_SYSCALL = 5;
export const SSL_ERROR_ZERO_RETURN = 6;
export const TLS1_2_VERSION = 0x303;
export const TLS1_3_VERSION = 0x304;
export const X509_V_OK = 0;
export const X509_V_FLAG_CRL_CHECK = 4;
export const X509_V_FLAG_CRL_CHECK_ALL = 8;
/** Most bytes of one record. */
export const RECORD_BYTES = 16_384;
/** Forward secrecy and authenticated encryption only, with keys of 112 bits and more; those of TLS 1.3 are all so. */
const CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20:@SECLEVEL=2";
const OPTIONS = SSL_OP_NO_RENEGOTIATION + SSL_OP_NO_COMPRESSION + SSL_OP_NO_TICKET + SSL_OP_CIPHER_SERVER_PREFERENCE;
/** OpenSSL's text for an end of TCP before close_notify. */
const UNEXPECTED_END = "unexpected eof while reading";

/** The files and terms of one side of TLS. Paths as they are. */
export interface TlsFiles {
  readonly certificate?: string;
  readonly key?: string;
  readonly ca?: string;
  readonly crl?: string;
  /** Whether crl is looked up for the peer's certificate alone (default), or for those of its issuers, too. */
  readonly crlCheck?: "peer" | "chain";
  readonly isServer: boolean;
  readonly minVersion: "1.2" | "1.3";
  /** Of a server: whether clients are asked for a certificate, and must have one. */
  readonly clientCertificate: "none" | "optional" | "required";
}

/** A file or term that OpenSSL does not take. */
export class TlsProblem extends Error {
  constructor(
    readonly key: keyof TlsFiles,
    readonly what: string,
  ) {
    super(`${key}: ${what}`);
  }
}

/**
 * Makes what handshakes of one side need. It is only read after that, by any thread.
 * Returns  the address of the SSL_CTX. Throws  a TlsProblem.
 */
export function makeContext(files: TlsFiles): number {
  const ssl = openSsl();
  const context = ssl.SSL_CTX_new(files.isServer ? ssl.TLS_server_method() : ssl.TLS_client_method());
  if (context === 0) throw new Error(`SSL_CTX_new: ${takeError()}`);
  try {
    fillContext(ssl, context, files);
  } catch (error) {
    ssl.SSL_CTX_free(context);
    throw error;
  }
  return context;
}

function fillContext(ssl: OpenSsl, context: number, files: TlsFiles): void {
  const least = files.minVersion === "1.3" ? TLS1_3_VERSION : TLS1_2_VERSION;
  need(ssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, least, 0), "minVersion");
  need(ssl.SSL_CTX_set_cipher_list(context, cString(CIPHERS)), "minVersion");
  ssl.SSL_CTX_set_options(context, OPTIONS);
  // No session is resumed: each connection shows its certificate, and no lane writes tickets.
  ssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, 0);
  ssl.SSL_CTX_set_num_tickets(context, 0);
  // A read that has taken a record without data returns: else it would read on while a peer sends only such records.
  ssl.SSL_CTX_ctrl(context, SSL_CTRL_CLEAR_MODE, SSL_MODE_AUTO_RETRY, 0);
  ssl.SSL_CTX_ctrl(context, SSL_CTRL_MODE, SSL_MODE_ENABLE_PARTIAL_WRITE + SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER, 0);
  if (files.certificate !== undefined) {
    // An encrypted key fails at once, in place of a question at the terminal.
    ssl.SSL_CTX_set_default_passwd_cb_userdata(context, noPasswordAt);
    need(ssl.SSL_CTX_use_certificate_chain_file(context, cString(files.certificate)), "certificate");
    const key = files.key ?? files.certificate;
    need(ssl.SSL_CTX_use_PrivateKey_file(context, cString(key), SSL_FILETYPE_PEM), "key");
    need(ssl.SSL_CTX_check_private_key(context), "key");
  }
  if (files.ca !== undefined) {
    need(ssl.SSL_CTX_load_verify_locations(context, cString(files.ca), 0), "ca");
    if (files.isServer) ssl.SSL_CTX_set_client_CA_list(context, ssl.SSL_load_client_CA_file(cString(files.ca)));
  } else if (!files.isServer) need(ssl.SSL_CTX_set_default_verify_paths(context), "ca");
  if (files.crl !== undefined) {
    const store = ssl.SSL_CTX_get_cert_store(context);
    const lookup = ssl.X509_STORE_add_lookup(store, ssl.X509_LOOKUP_file());
    need(ssl.X509_load_crl_file(lookup, cString(files.crl), SSL_FILETYPE_PEM), "crl");
    const ofIssuers = files.crlCheck === "chain" ? X509_V_FLAG_CRL_CHECK_ALL : 0;
    ssl.X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK + ofIssuers);
  }
  ssl.SSL_CTX_set_verify(context, verifyMode(files), 0);
}

function verifyMode({ isServer, clientCertificate }: TlsFiles): number {
  if (!isServer) return SSL_VERIFY_PEER;
  if (clientCertificate === "none") return 0;
  return clientCertificate === "required" ? SSL_VERIFY_PEER + SSL_VERIFY_FAIL_IF_NO_PEER_CERT : SSL_VERIFY_PEER;
}

function need(result: number, key: keyof TlsFiles): void {
  if (result > 0) return;
  throw new TlsProblem(key, takeError() || "OpenSSL does not take it");
}

/** Gives a context back; standing sessions keep what they need of it. */
export function freeContext(context: number): void {
  openSsl().SSL_CTX_free(context);
}

/** Begins TLS on a connected non-blocking socket. Returns  the address of its SSL, or 0. */
export function beginServer(context: number, fd: number): number {
  const ssl = openSsl();
  const session = ssl.SSL_new(context);
  if (session === 0) return 0;
  ssl.SSL_set_fd(session, fd);
  ssl.SSL_set_accept_state(session);
  return session;
}

/**
 * The same towards a server, whose certificate must be that of `name`: a host name, or an address where `isAddress`, whose zone
 * (`%eth0`) is this host's affair. Returns  0 also where OpenSSL can't check that name.
 */
export function beginClient(context: number, fd: number, name: string, isAddress: boolean): number {
  const ssl = openSsl();
  const session = ssl.SSL_new(context);
  if (session === 0) return 0;
  ssl.SSL_set_fd(session, fd);
  ssl.SSL_set_connect_state(session);
  const isChecked = isAddress
    ? ssl.X509_VERIFY_PARAM_set1_ip_asc(ssl.SSL_get0_param(session), cString(name.replace(/%.*$/, "")))
    : ssl.SSL_set1_host(session, cString(name));
  if (isChecked !== 1) {
    ssl.SSL_free(session);
    return 0;
  }
  if (!isAddress) ssl.SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, 0, cString(name));
  return session;
}

export const HANDSHAKE_DONE = 0;
export const HANDSHAKE_READS = 1;
export const HANDSHAKE_WRITES = 2;
export const HANDSHAKE_FAILED = 3;

/** Continues a handshake without waiting. */
export function handshake(session: number): number {
  const ssl = openSsl();
  ssl.ERR_clear_error();
  const result = ssl.SSL_do_handshake(session);
  if (result === 1) return HANDSHAKE_DONE;
  const error = ssl.SSL_get_error(session, result);
  if (error === SSL_ERROR_WANT_READ) return HANDSHAKE_READS;
  return error === SSL_ERROR_WANT_WRITE ? HANDSHAKE_WRITES : HANDSHAKE_FAILED;
}

/** Why a handshake has failed: OpenSSL's words. Called next after it. */
export function handshakeProblem(session: number): string {
  const ssl = openSsl();
  const reason = takeError() || "the connection ended";
  const verified = ssl.SSL_get_verify_result(session);
  return verified === X509_V_OK ? reason : `${reason}: ${textAt(ssl.X509_verify_cert_error_string(verified))}`;
}

/** Such as `TLSv1.3 TLS_AES_256_GCM_SHA384`. */
export function describeSession(session: number): string {
  const ssl = openSsl();
  const cipher = ssl.SSL_CIPHER_get_name(ssl.SSL_get_current_cipher(session));
  return `${textAt(ssl.SSL_get_version(session))} ${textAt(cipher)}`;
}

/** The certificate of the other side, as DER; null where it has sent none. */
export function peerCertificate(session: number): Uint8Array | null {
  const ssl = openSsl();
  const certificate = ssl.SSL_get1_peer_certificate(session);
  if (certificate === 0) return null;
  const bytes = ssl.i2d_X509(certificate, 0);
  let der: Uint8Array | null = null;
  if (bytes > 0 && bytes <= CERTIFICATE_BYTES) {
    // It writes at the address that it finds in the first word, and moves that on.
    const at = scratchAt + CERTIFICATE_AT;
    words[0] = at >>> 0;
    words[1] = Math.floor(at / 2 ** 32);
    ssl.i2d_X509(certificate, scratchAt);
    der = new Uint8Array(scratch.slice(CERTIFICATE_AT, CERTIFICATE_AT + bytes));
  }
  ssl.X509_free(certificate);
  return der;
}

/** Frees a session without a word to the other side. */
export function freeSession(session: number): void {
  openSsl().SSL_free(session);
}

/*  scratch  0 a word for addresses and counts │ 64 no password │ 128 a certificate  */
const NO_PASSWORD_AT = 64;
const CERTIFICATE_AT = 128;
const CERTIFICATE_BYTES = 65_536;
const scratch = new ArrayBuffer(Math.max(SCRATCH_BYTES, CERTIFICATE_AT + CERTIFICATE_BYTES));
const words = new Uint32Array(scratch);
const scratchAt = addressOf(scratch);
const noPasswordAt = scratchAt + NO_PASSWORD_AT;

/**
 * From now on the session reads what `feed` gives it, and no longer its socket: who feeds it decides how much one read can take.
 * Returns  the address of its memory; 0: there is none.
 */
export function readMemory(session: number): number {
  const ssl = openSsl();
  const memory = ssl.BIO_new(ssl.BIO_s_mem());
  if (memory !== 0) ssl.SSL_set0_rbio(session, memory);
  return memory;
}

/** Gives received bytes to a session. Returns  their count, or less than that without memory. */
export function feed(memory: number, address: number, bytes: number): number {
  return openSsl().BIO_write(memory, address, bytes);
}

/** Bytes that the session has not read yet. */
export function unreadBytes(memory: number): number {
  return openSsl().BIO_ctrl_pending(memory);
}

/** No byte can be read or written now. */
export const RECORD_WAITS = -1;
/** TCP ended without TLS's end (close_notify): something may be missing. */
export const RECORD_CUT = -2;
/** A record is wrong, or the other side has sent an alert; `brokenText` says which. */
export const RECORD_WRONG = -3;
/** The connection broke. */
export const RECORD_LOST = -4;

/** Reads decrypted bytes. Returns  their count; 0: the other side has ended TLS; or one of the above. */
export function readRecord(session: number, address: number, bytes: number): number {
  const ssl = openSsl();
  const result = ssl.SSL_read_ex(session, address, bytes, scratchAt);
  if (result === 1) return words[0]!;
  const error = ssl.SSL_get_error(session, result);
  if (error === SSL_ERROR_WANT_READ || error === SSL_ERROR_WANT_WRITE) return RECORD_WAITS;
  return error === SSL_ERROR_ZERO_RETURN ? 0 : broken(error);
}

/** Writes one record of at most RECORD_BYTES. Returns  bytes taken, or one of the above; after RECORD_WAITS the same count has to follow. */
export function writeRecord(session: number, address: number, bytes: number): number {
  const ssl = openSsl();
  const result = ssl.SSL_write_ex(session, address, bytes, scratchAt);
  if (result === 1) return words[0]!;
  const error = ssl.SSL_get_error(session, result);
  return error === SSL_ERROR_WANT_READ || error === SSL_ERROR_WANT_WRITE ? RECORD_WAITS : broken(error);
}

let lastProblem = "";

/** What OpenSSL has said about the last session of this thread that broke. */
export function brokenText(): string {
  return lastProblem;
}

/** Rare. Leaves no error behind: the next call of this thread would take it for its own. */
function broken(error: number): number {
  lastProblem = takeError();
  if (error === SSL_ERROR_SYSCALL || lastProblem === "") return RECORD_LOST;
  return lastProblem === UNEXPECTED_END ? RECORD_CUT : RECORD_WRONG;
}

/** Says the end of TLS to the other side, where the socket takes it at once, and frees the session. */
export function endSession(session: number, says: boolean): void {
  const ssl = openSsl();
  if (says) {
    ssl.SSL_shutdown(session);
    ssl.ERR_clear_error();
  }
  ssl.SSL_free(session);
}
