import { join } from "node:path";
import type { Gateway } from "./gateway.ts";

/** An answer of the API. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every shape.
  readonly body: any;
  readonly headers: Headers;
}

/** Asks a gateway's API on its unix socket; as this process's user it is an admin. */
export async function ask(
  gateway: Gateway,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`http://localhost${path}`, {
    method,
    // The gateway ends a connection that is idle, at a moment in which the next request may be under way.
    keepalive: false,
    unix: join(gateway.data, "admin.sock"),
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") === true;
  return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
}
