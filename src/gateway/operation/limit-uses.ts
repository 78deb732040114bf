import type { AccountUse } from "../../core/account-uses.ts";
import type { LimitReading } from "../../operation/readings.ts";
import { USES } from "./accounts.ts";

/** Limits that fill up, of the accounts that use any of them at this second since 1970. */
export function limitReadings(accounts: Iterable<AccountUse>, second: number): LimitReading[] {
  const limits: LimitReading[] = [];
  for (const { account, row } of accounts)
    for (const { limit, used, most } of USES) {
      const now = used(row, second);
      if (now > 0) limits.push({ account, limit, used: now, most: most(row) });
    }
  return limits;
}
