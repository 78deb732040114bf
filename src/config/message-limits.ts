import { Type } from "@sinclair/typebox";
import { whole } from "./fields.ts";
import { type Problem, pathText } from "./problem.ts";

/** Most messages that a limit counts: the time of each is kept. */
const MOST_MESSAGES = 100_000;
const MOST_WINDOW_MS = 60_000;

/** The classes of messages, by the begin of their keys. */
const MESSAGE_CLASSES = ["orderMessages", "cancelMessages", "allMessages"] as const;

const ORDERS = "new orders and replaces";
const CANCELS = "cancels, mass cancels and status requests";
const ALL = "application messages";

const most = (of: string, more: string) =>
  whole(
    `Most ${of} of one client session within the window; those above it are refused${more} (BusinessMessageReject). 0: no limit.`,
    0,
    MOST_MESSAGES,
    { default: 0 },
  );
const disconnect = (of: string) =>
  whole(
    `Number of ${of} of one client session within the window, refused ones included, above which it is logged out and disconnected. 0: never.`,
    0,
    MOST_MESSAGES,
    { default: 0 },
  );
const windowMs = (of: string) =>
  whole(`Time within which ${of} count, milliseconds; it slides.`, 1, MOST_WINDOW_MS, { default: 1_000 });

/** Limits of messages for all client sessions. */
export const messageLimits = {
  orderMessages: most(ORDERS, ""),
  orderMessagesDisconnect: disconnect(ORDERS),
  orderMessagesWindowMs: windowMs(ORDERS),
  cancelMessages: most(CANCELS, ": a limit for floods, far above that of orders"),
  cancelMessagesDisconnect: disconnect(CANCELS),
  cancelMessagesWindowMs: windowMs(CANCELS),
  allMessages: most(ALL, ", but for cancels, mass cancels and status requests"),
  allMessagesDisconnect: disconnect(ALL),
  allMessagesWindowMs: windowMs(ALL),
};

/** Limits of messages of all client sessions together, which the core checks (core/area.ts, FIRM_TIMES). */
const MOST_FIRM_MESSAGES = 131_072;
const mostOfFirm = (of: string, more: string) =>
  Type.Optional(
    whole(
      `Most ${of} of all client sessions together within the window; more are refused${more}, and those do not count. Default: no limit.`,
      1,
      MOST_FIRM_MESSAGES,
    ),
  );
export const firmMessageLimits = {
  firmOrderMessages: mostOfFirm(ORDERS, ""),
  firmOrderMessagesWindowMs: windowMs(`${ORDERS} of all client sessions`),
  firmAllMessages: mostOfFirm("requests of any kind", ", but for cancels, mass cancels and status requests"),
  firmAllMessagesWindowMs: windowMs("requests of all client sessions"),
};

type FirmKey = keyof typeof firmMessageLimits;
export type FirmMessageLimits = { -readonly [K in FirmKey]?: number };

/** Those of the table `risk`. */
export function resolveFirmMessages(risk: { readonly [K in FirmKey]?: number | undefined }): FirmMessageLimits {
  const keys = Object.keys(firmMessageLimits) as FirmKey[];
  return Object.fromEntries(keys.flatMap((key) => (risk[key] === undefined ? [] : [[key, risk[key]]])));
}

type Key = keyof typeof messageLimits;

const ofSession = (key: Key) => {
  const least = key.endsWith("WindowMs") ? 1 : 0;
  return Type.Optional(
    whole(`As client.${key}, for this session.`, least, least === 1 ? MOST_WINDOW_MS : MOST_MESSAGES, {
      fallback: `client.${key}`,
    }),
  );
};

/** The same keys of one client session. */
export const sessionMessageLimits = {
  orderMessages: ofSession("orderMessages"),
  orderMessagesDisconnect: ofSession("orderMessagesDisconnect"),
  orderMessagesWindowMs: ofSession("orderMessagesWindowMs"),
  cancelMessages: ofSession("cancelMessages"),
  cancelMessagesDisconnect: ofSession("cancelMessagesDisconnect"),
  cancelMessagesWindowMs: ofSession("cancelMessagesWindowMs"),
  allMessages: ofSession("allMessages"),
  allMessagesDisconnect: ofSession("allMessagesDisconnect"),
  allMessagesWindowMs: ofSession("allMessagesWindowMs"),
};

export type MessageLimitsConfig = { readonly [K in Key]: number };

/** A session's limits: its own, else those of all sessions. */
export function resolveMessageLimits(
  session: { readonly [K in Key]?: number | undefined },
  client: MessageLimitsConfig,
): MessageLimitsConfig {
  const keys = Object.keys(messageLimits) as Key[];
  return Object.fromEntries(keys.map((key) => [key, session[key] ?? client[key]])) as MessageLimitsConfig;
}

/** Limits of one client session that contradict each other. As in consistency.ts, a field may have any type. */
export function messageLimitProblems(
  name: string,
  session: Readonly<Record<string, unknown>>,
  client: Readonly<Record<string, unknown>>,
): Problem[] {
  const value = (key: string): number => {
    const found = session[key] ?? client[key];
    return typeof found === "number" ? found : key.endsWith("WindowMs") ? 1_000 : 0;
  };
  const where = (key: string): string =>
    pathText(session[key] === undefined ? ["client", key] : ["client", "sessions", name, key]);
  const problems: Problem[] = [];
  for (const key of MESSAGE_CLASSES) {
    const [refused, ended] = [value(key), value(`${key}Disconnect`)];
    if (refused > 0 && ended > 0 && ended <= refused)
      problems.push({
        where: where(`${key}Disconnect`),
        what: `expected more than ${key} (${refused}), or 0 for never, got ${ended}`,
      });
  }
  const [orders, cancels] = [value("orderMessages"), value("cancelMessages")];
  const isLower = cancels * value("orderMessagesWindowMs") < orders * value("cancelMessagesWindowMs");
  if (orders > 0 && cancels > 0 && isLower)
    problems.push({
      where: where("cancelMessages"),
      what: `expected at least the rate of orderMessages (${orders} in ${value("orderMessagesWindowMs")} ms): a cancel passes where an order does; got ${cancels} in ${value("cancelMessagesWindowMs")} ms`,
    });
  return problems;
}
