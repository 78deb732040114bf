import type { AlarmView } from "../operation/alarms.ts";

export type EventAction = "trigger" | "acknowledge" | "resolve";

/** What receivers are told about an alarm. */
export interface AlarmEvent {
  readonly action: EventAction;
  readonly alarm: AlarmView;
}

/** PagerDuty's limits, characters. */
const MOST_SUMMARY = 1_024;
const MOST_KEY = 255;

/** An event as PagerDuty's Events API v2 wants it; `source` is where the gateway runs. */
export function pagerDutyEvent({ action, alarm }: AlarmEvent, routingKey: string, source: string): object {
  const { rule, subject, severity, text, remedy, since, resolvedAt, dedupKey, id } = alarm;
  const who = { routing_key: routingKey, event_action: action, dedup_key: dedupKey.slice(0, MOST_KEY) };
  if (action !== "trigger") return who;
  return {
    ...who,
    client: "Sallyport",
    payload: {
      summary: summaryOf(alarm).slice(0, MOST_SUMMARY),
      source,
      severity,
      timestamp: since,
      component: subject === "" ? "gateway" : subject,
      group: "sallyport",
      class: rule,
      custom_details: { alarm: id, text, remedy, since, resolvedAt },
    },
  };
}

/** One line about an alarm. */
export function summaryOf({ rule, subject, text }: AlarmView): string {
  return `${rule}: ${subject === "" ? text : `${subject}: ${text}`}`;
}
