import { PerMinute } from "./per-minute.ts";
import type { Check } from "./rule.ts";

const SUBJECT = "quotes";

/** Why no quotes come as they should. */
export function missingQuotes(): Check {
  return ({ quotes }) => {
    const problem = quotes?.problem ?? "";
    return [{ subject: SUBJECT, value: Number(problem !== ""), text: problem }];
  };
}

/** Lines of the last minute that were refused; those of symbols that are not configured are none. */
export function badQuotes(): Check {
  const perMinute = new PerMinute();
  return ({ quotes, atMs }) => {
    if (quotes === null) return [];
    const { bad, crossed, wrongSign } = quotes;
    const count = perMinute.take(SUBJECT, bad + crossed + wrongSign, atMs, 0);
    const text = `${count} ${count === 1 ? "line was" : "lines were"} refused in the last minute`;
    return [{ subject: SUBJECT, value: Number(count > 0), text }];
  };
}
