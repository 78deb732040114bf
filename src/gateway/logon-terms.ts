import { broken } from "../base/broken.ts";
import type { Views } from "../base/views.ts";
import { logonTermsBytes, type SessionTerms, SPARE_RANGES, writeLogonTerms } from "../client/logon-terms.ts";
import { readNetwork } from "../config/network.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { SidePlan } from "../plan/plan.ts";
import { Latest } from "../ring/latest.ts";

/** Where the terms of a client agent's Logons are. */
export function logonTermsAt(views: Views, { logonTermsAt, logonTermsBytes }: SidePlan): Latest {
  return new Latest(views, logonTermsAt, logonTermsBytes);
}

/** The terms that a configuration has for these sessions. */
export function logonTermsOf(members: readonly string[], { client }: Pick<GatewayConfig, "client">): SessionTerms[] {
  return members.map((name) => {
    const { allow, passwordHash } = client.sessions[name]!;
    return {
      allow: allow?.map((range) => readNetwork(range)!) ?? null,
      needsPassword: passwordHash !== undefined,
    };
  });
}

/** Publishes to every client agent who may log on. Main thread. */
export class LogonTermsPublisher {
  constructor(
    private readonly views: Views,
    private readonly sides: readonly SidePlan[],
  ) {}

  /** Why there is no room for what a configuration has, or null. */
  readonly problem = (config: Pick<GatewayConfig, "client">): string | null => {
    for (const { members, logonTermsBytes: bytes } of this.sides) {
      const ranges = logonTermsOf(members, config).reduce((sum, { allow }) => sum + (allow?.length ?? 0), 0);
      if (logonTermsBytes(members.length, ranges) > bytes)
        return `expected at most ${SPARE_RANGES} more ranges in allow than at the start, got ${ranges} in all`;
    }
    return null;
  };

  publish(config: Pick<GatewayConfig, "client">): void {
    for (const side of this.sides) {
      const latest = logonTermsAt(this.views, side);
      if (!writeLogonTerms(latest, logonTermsOf(side.members, config))) broken("LOGON_TERMS_TOO_SMALL", latest.bytes);
    }
  }
}
