import { CString, dlopen, type FFIFunction, FFIType, type Pointer } from "bun:ffi";
import { existsSync } from "node:fs";

/*
 * The one table of functions of the host's OpenSSL 3, which is opened only where TLS is configured: nothing else of the product is
 * outside the binary. Results are i32 or plain numbers, and addresses are numbers, as in libc.ts.
 */
const cryptoTable = {
  OpenSSL_version_num: { args: [], returns: FFIType.i64_fast },
  OpenSSL_version: { args: ["i32"], returns: FFIType.i64_fast },
  CRYPTO_secure_malloc_init: { args: ["u64", "u64"], returns: "i32" },
  ERR_get_error: { args: [], returns: FFIType.i64_fast },
  ERR_clear_error: { args: [], returns: "void" },
  ERR_reason_error_string: { args: ["i64"], returns: FFIType.i64_fast },
  X509_STORE_add_lookup: { args: ["ptr", "ptr"], returns: FFIType.i64_fast },
  X509_LOOKUP_file: { args: [], returns: FFIType.i64_fast },
  X509_load_crl_file: { args: ["ptr", "ptr", "i32"], returns: "i32" },
  X509_STORE_set_flags: { args: ["ptr", "u64"], returns: "i32" },
  X509_verify_cert_error_string: { args: ["i64"], returns: FFIType.i64_fast },
  X509_VERIFY_PARAM_set1_ip_asc: { args: ["ptr", "ptr"], returns: "i32" },
  X509_free: { args: ["ptr"], returns: "void" },
  BIO_s_mem: { args: [], returns: FFIType.i64_fast },
  BIO_new: { args: ["ptr"], returns: FFIType.i64_fast },
  BIO_write: { args: ["ptr", "ptr", "i32"], returns: "i32" },
  BIO_ctrl_pending: { args: ["ptr"], returns: FFIType.i64_fast },
  i2d_X509: { args: ["ptr", "ptr"], returns: "i32" },
} as const satisfies Record<string, FFIFunction>;

const sslTable = {
  OPENSSL_init_ssl: { args: ["u64", "ptr"], returns: "i32" },
  TLS_server_method: { args: [], returns: FFIType.i64_fast },
  TLS_client_method: { args: [], returns: FFIType.i64_fast },
  SSL_CTX_new: { args: ["ptr"], returns: FFIType.i64_fast },
  SSL_CTX_free: { args: ["ptr"], returns: "void" },
  SSL_CTX_ctrl: { args: ["ptr", "i32", "i64", "ptr"], returns: FFIType.i64_fast },
  SSL_CTX_set_options: { args: ["ptr", "u64"], returns: FFIType.i64_fast },
  SSL_CTX_set_cipher_list: { args: ["ptr", "ptr"], returns: "i32" },
  SSL_CTX_set_num_tickets: { args: ["ptr", "u64"], returns: "i32" },
  SSL_CTX_set_default_passwd_cb_userdata: { args: ["ptr", "ptr"], returns: "void" },
  SSL_CTX_use_certificate_chain_file: { args: ["ptr", "ptr"], returns: "i32" },
  SSL_CTX_use_PrivateKey_file: { args: ["ptr", "ptr", "i32"], returns: "i32" },
  SSL_CTX_check_private_key: { args: ["ptr"], returns: "i32" },
  SSL_CTX_load_verify_locations: { args: ["ptr", "ptr", "ptr"], returns: "i32" },
  SSL_CTX_set_default_verify_paths: { args: ["ptr"], returns: "i32" },
  SSL_load_client_CA_file: { args: ["ptr"], returns: FFIType.i64_fast },
  SSL_CTX_set_client_CA_list: { args: ["ptr", "ptr"], returns: "void" },
  SSL_CTX_set_verify: { args: ["ptr", "i32", "ptr"], returns: "void" },
  SSL_CTX_get_cert_store: { args: ["ptr"], returns: FFIType.i64_fast },
  SSL_new: { args: ["ptr"], returns: FFIType.i64_fast },
  SSL_free: { args: ["ptr"], returns: "void" },
  SSL_set_fd: { args: ["ptr", "i32"], returns: "i32" },
  SSL_set0_rbio: { args: ["ptr", "ptr"], returns: "void" },
  SSL_set_accept_state: { args: ["ptr"], returns: "void" },
  SSL_set_connect_state: { args: ["ptr"], returns: "void" },
  SSL_ctrl: { args: ["ptr", "i32", "i64", "ptr"], returns: FFIType.i64_fast },
  SSL_set1_host: { args: ["ptr", "ptr"], returns: "i32" },
  SSL_get0_param: { args: ["ptr"], returns: FFIType.i64_fast },
  SSL_do_handshake: { args: ["ptr"], returns: "i32" },
  /** Peers of tests only. */
  SSL_key_update: { args: ["ptr", "i32"], returns: "i32" },
  SSL_get_error: { args: ["ptr", "i32"], returns: "i32" },
  SSL_get_verify_result: { args: ["ptr"], returns: FFIType.i64_fast },
  SSL_get1_peer_certificate: { args: ["ptr"], returns: FFIType.i64_fast },
  SSL_get_version: { args: ["ptr"], returns: FFIType.i64_fast },
  SSL_get_current_cipher: { args: ["ptr"], returns: FFIType.i64_fast },
  SSL_CIPHER_get_name: { args: ["ptr"], returns: FFIType.i64_fast },
  SSL_read_ex: { args: ["ptr", "ptr", "u64", "ptr"], returns: "i32" },
  SSL_write_ex: { args: ["ptr", "ptr", "u64", "ptr"], returns: "i32" },
  SSL_shutdown: { args: ["ptr"], returns: "i32" },
} as const satisfies Record<string, FFIFunction>;

type Numbers<Args extends readonly unknown[]> = { [Index in keyof Args]: number };
type Functions<Table extends Record<string, FFIFunction>> = {
  readonly [Name in keyof Table]: (
    ...args: Numbers<NonNullable<Table[Name]["args"]>>
  ) => Table[Name]["returns"] extends "void" ? void : number;
};
export type OpenSsl = Functions<typeof cryptoTable> & Functions<typeof sslTable>;

const SSL_LIBRARY = "libssl.so.3";
const CRYPTO_LIBRARY = "libcrypto.so.3";
/** 3.0.0 as OpenSSL writes it. */
const OLDEST = 0x30000000;
/** OPENSSL_INIT_NO_ATEXIT: lanes may still use it when the process ends. */
const INIT_NO_ATEXIT = 0x00080000;
/** Private keys are in this much memory that no core dump has. */
const SECURE_BYTES = 1 << 20;
const SECURE_LEAST = 32;
const OPENSSL_VERSION = 0;

let loaded: OpenSsl | null = null;

/** The host's OpenSSL. Throws an error of one line where it is missing or too old. */
export function openSsl(): OpenSsl {
  loaded ??= load();
  return loaded;
}

/** Such as `OpenSSL 3.0.19 27 Jan 2026`. */
export function openSslVersion(): string {
  return textAt(openSsl().OpenSSL_version(OPENSSL_VERSION));
}

function load(): OpenSsl {
  // bun:ffi would take one of the working directory where the system has none.
  for (const name of [SSL_LIBRARY, CRYPTO_LIBRARY])
    if (existsSync(name))
      throw new Error(`${name}: expected the system's, got one in the working directory; remove it`);
  const ssl = { ...openLibrary(CRYPTO_LIBRARY, cryptoTable), ...openLibrary(SSL_LIBRARY, sslTable) } as OpenSsl;
  if (ssl.OpenSSL_version_num() < OLDEST)
    throw new Error(
      `${SSL_LIBRARY}: expected OpenSSL 3.0 or later, got ${textAt(ssl.OpenSSL_version(OPENSSL_VERSION))}`,
    );
  ssl.CRYPTO_secure_malloc_init(SECURE_BYTES, SECURE_LEAST);
  ssl.OPENSSL_init_ssl(INIT_NO_ATEXIT, 0);
  return ssl;
}

function openLibrary(name: string, table: Record<string, FFIFunction>): object {
  try {
    return dlopen(name, table).symbols;
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `${name}: ${what} (TLS needs OpenSSL 3 of this host: install the package libssl3 or openssl-libs)`,
      {
        cause,
      },
    );
  }
}

/** The C text at an address; "" at 0. */
export function textAt(address: number): string {
  return address === 0 ? "" : new CString(address as Pointer).toString();
}

/** Takes this thread's oldest error, and forgets the others. Returns  its reason; "" where there is none. */
export function takeError(): string {
  const ssl = openSsl();
  const code = ssl.ERR_get_error();
  ssl.ERR_clear_error();
  return code === 0 ? "" : textAt(ssl.ERR_reason_error_string(code)) || `error ${code.toString(16)}`;
}
