import type { Receiver, Sent } from "./delivery.ts";
import { type AlarmEvent, pagerDutyEvent } from "./event.ts";

const TOO_MANY_REQUESTS = 429;
const REQUEST_TIMEOUT = 408;
/** More of an answer is not shown. */
const MOST_SHOWN = 200;

/** Sends events to an address in the form of PagerDuty's Events API v2. */
export class Webhook implements Receiver {
  readonly name = "webhook";

  constructor(
    private readonly url: string,
    private readonly routingKey: string,
    private readonly source: string,
    private readonly timeoutMs: number,
  ) {}

  async send(event: AlarmEvent): Promise<Sent> {
    const body = JSON.stringify(pagerDutyEvent(event, this.routingKey, this.source));
    try {
      const answer = await fetch(this.url, {
        method: "POST",
        headers: { "content-type": "application/json", connection: "close" },
        body,
        redirect: "error",
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      const text = await answer.text();
      if (answer.ok) return { taken: true };
      return refusal(answer, text);
    } catch (error) {
      const isLate = (error as Error).name === "TimeoutError";
      const why = isLate ? `no answer within ${this.timeoutMs} ms` : (error as Error).message;
      return { taken: false, why: `${this.url}: ${why}`, again: true };
    }
  }
}

function refusal({ status, headers, url }: Response, text: string): Sent {
  const why = `${url} answered ${status}: ${text.slice(0, MOST_SHOWN).replaceAll(/\s+/g, " ")}`;
  const again = status >= 500 || status === TOO_MANY_REQUESTS || status === REQUEST_TIMEOUT;
  const after = Number(headers.get("retry-after") ?? "");
  return { taken: false, why, again, ...(after > 0 ? { afterMs: 1000 * after } : {}) };
}
