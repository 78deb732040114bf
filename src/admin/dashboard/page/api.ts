/** What the API refuses, in its words. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export interface Answer<T> {
  readonly body: T;
  readonly etag: string | null;
}

const WITHIN_MS = 10_000;

/** Says who asks: the header with a token; none without one, where the connection's certificate says it. */
export function whoAsks(token: string): Record<string, string> {
  return token === "" ? {} : { authorization: `Bearer ${token}` };
}

/** Requests with this page's token, or with the browser's certificate. Paths are relative to /v1. */
export class Api {
  constructor(readonly token: string) {}

  async get<T>(path: string): Promise<T> {
    return (await this.send<T>("GET", path)).body;
  }

  /** Fails with ApiError where the gateway refuses or can't be reached. */
  async send<T>(method: string, path: string, body?: unknown, etag?: string | null): Promise<Answer<T>> {
    const headers = whoAsks(this.token);
    if (body !== undefined) headers["content-type"] = "application/json";
    if (etag !== undefined && etag !== null) headers["if-match"] = etag;
    const request = { method, headers, body: body === undefined ? null : JSON.stringify(body) };
    const response = await fetch(`v1/${path}`, { ...request, signal: AbortSignal.timeout(WITHIN_MS) }).catch(
      (error: Error) => {
        const what = error.name === "TimeoutError" ? `no answer within ${WITHIN_MS / 1000} s` : "it can't be reached";
        throw new ApiError(0, `expected an answer of the gateway, got none: ${what}. Nothing is known of the result`);
      },
    );
    const text = await response.text();
    if (!response.ok) throw new ApiError(response.status, refusalOf(text, response.status));
    return { body: bodyOf(text) as T, etag: response.headers.get("etag") };
  }
}

/** Part of a path. */
export function part(name: string): string {
  return encodeURIComponent(name);
}

function bodyOf(text: string): unknown {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return text;
  }
}

/** The message of an error answer; its whole text where it has no other form. */
export function refusalOf(text: string, status: number): string {
  const body = bodyOf(text) as { error?: { code?: string; message?: string; where?: string } } | string | null;
  if (body === null || typeof body !== "object" || body.error?.message === undefined)
    return `HTTP ${status}: ${text === "" ? "no text" : text.slice(0, 500)}`;
  const { code, message, where } = body.error;
  return [code, where, message].filter((one) => one !== undefined && one !== "").join(": ");
}
