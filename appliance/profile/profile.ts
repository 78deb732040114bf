import { join, resolve } from "node:path";
import type { Capture, ProfiledThread } from "../../src/operation/profiles.ts";
import { ApiClient, ApiError, type Connection } from "../ctl/api-client.ts";

const OK = 0;
const FAILED = 1;
/** A capture on which not all threads took part. */
const PARTLY = 3;

export interface ProfileOptions extends Connection {
  readonly lane?: number;
  readonly main?: boolean;
  readonly seconds: number;
  readonly heap?: boolean;
  readonly why: string;
  readonly json?: boolean;
}

/**
 * Captures profiles of a running gateway and prints where they are.
 * Returns  0; 1 when nothing was captured; 3 when a thread gave no whole profile.
 */
export async function profileCommand({ lane, main, seconds, heap, why, json, ...connection }: ProfileOptions) {
  if (lane !== undefined && main === true) {
    console.error("sallyport: expected --lane N or --main, got both; without them all threads are profiled");
    return FAILED;
  }
  const thread: ProfiledThread = lane ?? (main === true ? "main" : "all");
  try {
    const client = new ApiClient(connection);
    const body = { thread, seconds, why, ...(heap === true ? { heap } : {}) };
    const { value } = await client.ask("POST", "/v1/profiles", body);
    const { capture } = value as { capture?: Capture };
    if (json === true) console.log(JSON.stringify(value));
    else if (capture === undefined) console.log("it waits for a second person: sallyport ctl confirmations");
    else for (const line of lines(capture, await folderOf(client))) console.log(line);
    return capture === undefined || capture.missing.length > 0 ? PARTLY : OK;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    console.error(`sallyport: ${error.message}`);
    return FAILED;
  }
}

async function folderOf(client: ApiClient): Promise<string> {
  const { value } = await client.ask("GET", "/v1/system");
  return resolve((value as { dataDirectory: string }).dataDirectory, "profiles");
}

function lines({ name, files, missing }: Capture, folder: string): string[] {
  return [
    ...files.map((file) => `${join(folder, name, file.name)}  ${file.bytes.toLocaleString("en")} bytes`),
    ...missing.map((what) => `missing: ${what}`),
  ];
}
