import { join } from "node:path";
import type { AdminConfig } from "../../config/schema.ts";

/** Where the unit says that the API's socket is. */
const SOCKET_VARIABLE = "SALLYPORT_ADMIN_SOCKET";
const SOCKET_NAME = "admin.sock";
/** Of sun_path, without its end. */
const LONGEST_PATH = 107;

/** Path of the API's unix socket; "" for none. Throws when it is too long for one. */
export function adminSocket({ socket }: Pick<AdminConfig, "socket">, dataDir: string): string {
  if (socket === "off") return "";
  const path = socket === "auto" ? (process.env[SOCKET_VARIABLE] ?? join(dataDir, SOCKET_NAME)) : socket;
  if (Buffer.byteLength(path) <= LONGEST_PATH) return path;
  throw new Error(`admin.socket: expected a path of up to ${LONGEST_PATH} bytes, got ${path}; name a shorter one`);
}
