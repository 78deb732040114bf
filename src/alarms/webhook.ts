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
      const text = await begin(answer);
      return answer.ok ? { taken: true } : this.refusal(answer, text);
    } catch (error) {
      const isLate = (error as Error).name === "TimeoutError";
      const why = isLate ? `no answer within ${this.timeoutMs} ms` : (error as Error).message;
      return { taken: false, why: `${this.origin}: ${why}`, again: true };
    }
  }

  /** What the log and the API show of the address: what is behind it may be a secret. */
  private get origin(): string {
    return new URL(this.url).origin;
  }

  private refusal({ status, headers }: Response, text: string): Sent {
    const why = `${this.origin} answered ${status}: ${text.replaceAll(/\s+/g, " ")}`;
    const again = status >= 500 || status === TOO_MANY_REQUESTS || status === REQUEST_TIMEOUT;
    const after = Number(headers.get("retry-after") ?? "");
    return { taken: false, why, again, ...(after > 0 ? { afterMs: 1000 * after } : {}) };
  }
}

/** The first MOST_SHOWN characters of an answer; the rest is not read. */
async function begin({ body }: Response): Promise<string> {
  let text = "";
  if (body === null) return text;
  const decoder = new TextDecoder();
  const reader = body.getReader();
  while (text.length < MOST_SHOWN) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text.slice(0, MOST_SHOWN);
}
