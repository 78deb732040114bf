import { ascii } from "../base/ascii.ts";
import type { Views } from "../base/views.ts";
import { type ClassLimits, messageLimitsBytes, writeMessageLimits } from "../client/message-limits.ts";
import type { GatewayConfig } from "../config/schema.ts";
import { reasonText } from "../core/risk/reasons.ts";
import { SESSION_CHECKS } from "../core/risk/session-checks.ts";
import type { SidePlan } from "../plan/plan.ts";
import { Latest } from "../ring/latest.ts";
import type { ClientRoster } from "./roster.ts";

/** Code and name of each class's limit, for the client side. */
export const MESSAGE_LIMIT_CODES: readonly Uint8Array[] = SESSION_CHECKS.map(({ reason }) => ascii(reasonText(reason)));

/** A place that no session has. */
const UNLIMITED: readonly ClassLimits[] = SESSION_CHECKS.map(() => ({ most: 0, mostToEnd: 0, windowMs: 1 }));

/** Where the limits of a client agent's sessions are. */
export function messageLimitsAt(views: Views, { messageLimitsAt, places }: SidePlan): Latest {
  return new Latest(views, messageLimitsAt, messageLimitsBytes(places));
}

/** The limits that a configuration has for an agent's sessions, by place and class. */
export function messageLimitsOf(
  names: readonly string[],
  places: number,
  { client }: Pick<GatewayConfig, "client">,
): (readonly ClassLimits[])[] {
  return Array.from({ length: places }, (_, place) => {
    const name = names[place];
    const session = name === undefined ? undefined : client.sessions[name];
    return session === undefined ? UNLIMITED : classesOf({ ...client, ...session });
  });
}

/** Which of an agent's sessions need traders, by place. */
export function tradersNeeded(names: readonly string[], { client }: Pick<GatewayConfig, "client">): boolean[] {
  return names.map((name) => client.sessions[name]?.traders !== undefined);
}

type Limits = Pick<
  GatewayConfig["client"],
  | "orderMessages"
  | "orderMessagesDisconnect"
  | "orderMessagesWindowMs"
  | "cancelMessages"
  | "cancelMessagesDisconnect"
  | "cancelMessagesWindowMs"
  | "allMessages"
  | "allMessagesDisconnect"
  | "allMessagesWindowMs"
>;

/** In the order of SESSION_CHECKS. */
function classesOf(limits: Limits): readonly ClassLimits[] {
  return [
    {
      most: limits.orderMessages,
      mostToEnd: limits.orderMessagesDisconnect,
      windowMs: limits.orderMessagesWindowMs,
    },
    {
      most: limits.cancelMessages,
      mostToEnd: limits.cancelMessagesDisconnect,
      windowMs: limits.cancelMessagesWindowMs,
    },
    { most: limits.allMessages, mostToEnd: limits.allMessagesDisconnect, windowMs: limits.allMessagesWindowMs },
  ];
}

/** Publishes to every client agent how many messages its sessions may send. Main thread. */
export class MessageLimitsPublisher {
  /** `inForce`: the configuration that the agents have. */
  constructor(
    private readonly views: Views,
    private readonly sides: readonly SidePlan[],
    private readonly roster: ClientRoster,
    private inForce: Pick<GatewayConfig, "client">,
  ) {}

  publish(config: Pick<GatewayConfig, "client">): void {
    this.inForce = config;
    this.write(config);
  }

  /** Before the core asks for the traders of a session that had none: its agent reads them from now on. Limits stay. */
  readTraders(config: Pick<GatewayConfig, "client">): void {
    this.write(this.inForce, config);
  }

  private write(limited: Pick<GatewayConfig, "client">, read = limited): void {
    for (const side of this.sides) {
      const names = this.roster.of(side).map(({ name }) => name);
      const limits = messageLimitsOf(names, side.places, limited);
      const needed = tradersNeeded(names, limited);
      const wanted = tradersNeeded(names, read);
      const either = needed.map((needs, i) => needs || wanted[i] === true);
      writeMessageLimits(messageLimitsAt(this.views, side), limits, either);
    }
  }
}
