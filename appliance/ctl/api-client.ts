import { readFileSync } from "node:fs";
import { readConfig } from "../../src/config/config-file.ts";
import { adminSocket } from "../../src/gateway/operation/admin-socket.ts";

/** Where the unit's gateway has its socket. */
const USUAL_SOCKET = "/run/sallyport/admin.sock";

/** How a command finds the gateway: options of the command line. */
export interface Connection {
  readonly config?: unknown;
  readonly socket?: unknown;
  readonly url?: unknown;
  readonly tokenFile?: unknown;
  /** Files for an https address. */
  readonly ca?: unknown;
  readonly cert?: unknown;
  readonly key?: unknown;
}

const ANY = "--config names a gateway's configuration, --socket its socket, --url its address";
const WITH_TLS = "--ca names the authorities of its certificate, --cert and --key ours; its log says whom it refuses";

/** The API could not be asked, or refused; the message is the one line that is printed. */
export class ApiError extends Error {}

export interface ApiAnswer {
  readonly status: number;
  readonly etag: string | null;
  readonly value: unknown;
}

/** Asks the API of a gateway on this machine. */
export class ApiClient {
  private readonly base: string;
  private readonly socket: string;
  private readonly token: string;
  private readonly tls: Readonly<Record<string, string>>;

  /** Throws an ApiError when it can't tell where the API is. */
  constructor({ config, socket, url, tokenFile, ca, cert, key }: Connection, environment = process.env) {
    this.base = url === undefined ? "http://localhost" : String(url).replace(/\/$/, "");
    this.token =
      tokenFile === undefined ? (environment.SALLYPORT_TOKEN ?? "") : readText(String(tokenFile), "a token").trim();
    const files = Object.entries({ ca, cert, key }).filter(([, file]) => file !== undefined);
    if (files.length > 0 && !this.base.startsWith("https:"))
      throw new ApiError(`--${files[0]![0]}: expected --url https://…, got ${url === undefined ? "none" : this.base}`);
    if ((cert === undefined) !== (key === undefined)) throw new ApiError("expected --cert and --key, got one of them");
    this.tls = Object.fromEntries(files.map(([name, file]) => [name, readText(String(file), `PEM of --${name}`)]));
    if (url !== undefined) this.socket = "";
    else if (socket !== undefined) this.socket = String(socket);
    else
      this.socket =
        config === undefined ? (environment.SALLYPORT_ADMIN_SOCKET ?? USUAL_SOCKET) : socketOf(String(config));
  }

  /** Throws an ApiError with the API's own words where it refuses. */
  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer> {
    const response = await this.open(method, path, body, headers);
    const text = await response.text();
    const value = response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;
    if (!response.ok) throw new ApiError(refusal(response.status, value));
    return { status: response.status, etag: response.headers.get("etag"), value };
  }

  /** The response itself, for streams. Throws an ApiError when nothing answers. */
  async open(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    try {
      return await fetch(`${this.base}${path}`, {
        method,
        // A connection of the socket carries one request.
        keepalive: false,
        headers: {
          ...headers,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(this.token === "" ? {} : { authorization: `Bearer ${this.token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(this.socket === "" ? {} : { unix: this.socket }),
        ...(Object.keys(this.tls).length === 0 ? {} : { tls: this.tls }),
      });
    } catch (error) {
      const where = this.socket === "" ? this.base : this.socket;
      const { code, message } = error as NodeJS.ErrnoException;
      // The words behind a code are for browsers.
      const got = `got ${code ?? message}; ${this.base.startsWith("https:") ? WITH_TLS : ANY}`;
      throw new ApiError(`${where}: expected the API of a running gateway, ${got}`);
    }
  }
}

function refusal(status: number, value: unknown): string {
  const error = (value as { error?: { code?: string; message?: string; where?: string } } | null)?.error;
  if (error?.message === undefined) return `the API answers ${status}: ${String(value).slice(0, 200)}`;
  return `${error.where === undefined ? "" : `${error.where}: `}${error.message} (${error.code})`;
}

function readText(file: string, what: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ApiError(`${file}: expected a file with ${what}: ${(error as Error).message}`);
  }
}

function socketOf(file: string): string {
  const { config, problems } = readConfig(file);
  if (config === undefined) throw new ApiError(`${problems[0]!.where}: ${problems[0]!.what}`);
  const path = adminSocket(config.admin, config.gateway.data);
  if (path === "") throw new ApiError(`${file}: expected admin.socket to name a socket, got "off"; use --url`);
  return path;
}
