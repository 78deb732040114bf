import { JournalUnread } from "../operation/journal.ts";
import { ApiFailure } from "./failure.ts";

const STATUS = { busy: 429, timeout: 504, failed: 500, invalid: 400, gone: 499 } as const;

/** Throws what the API answers where the journal was not read. */
export function readingFailure(error: unknown): never {
  if (!(error instanceof JournalUnread)) throw error;
  const headers: Record<string, string> = error.code === "busy" ? { "retry-after": "1" } : {};
  throw new ApiFailure(STATUS[error.code], error.code, error.message, "", headers);
}
