import { broken } from "../base/broken.ts";
import type { Views } from "../base/views.ts";
import { logonTermsBytes, type SessionTerms, SPARE_RANGES, writeLogonTerms } from "../client/logon-terms.ts";
import { readNetwork } from "../config/network.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { SidePlan } from "../plan/plan.ts";
import { Latest } from "../ring/latest.ts";
import { identityWords } from "../tls/identities.ts";
import type { ClientRoster } from "./roster.ts";

/** Nobody may log on: a place that no session has, or that of a retired one. */
const NOBODY: SessionTerms = { allow: [], needsPassword: false, identity: null };

/** What keeps strangers out of a session. */
interface Guarded {
  readonly allow?: readonly string[];
  readonly passwordHash?: string;
  readonly certificate?: string;
}

/** Where the terms of a client agent's Logons are. */
export function logonTermsAt(
  views: Views,
  { logonTermsAt, logonTermsBytes }: Pick<SidePlan, "logonTermsAt" | "logonTermsBytes">,
): Latest {
  return new Latest(views, logonTermsAt, logonTermsBytes);
}

/** The terms that a configuration has for an agent's sessions, by place. */
export function logonTermsOf(
  names: readonly string[],
  places: number,
  { client }: { readonly client: { readonly sessions: Readonly<Record<string, Guarded>> } },
): SessionTerms[] {
  return Array.from({ length: places }, (_, place): SessionTerms => {
    const name = names[place];
    const session = name === undefined ? undefined : client.sessions[name];
    if (session === undefined) return NOBODY;
    const { allow, passwordHash, certificate } = session;
    return {
      allow: allow?.map((range) => readNetwork(range)!) ?? null,
      needsPassword: passwordHash !== undefined,
      identity: certificate === undefined ? null : identityWords(certificate),
    };
  });
}

/** Publishes to every client agent who may log on. Main thread. */
export class LogonTermsPublisher {
  constructor(
    private readonly views: Views,
    private readonly sides: readonly SidePlan[],
    private readonly roster: ClientRoster,
  ) {}

  /** Why there is no room for what a configuration has, or null. */
  readonly problem = ({ client }: Pick<GatewayConfig, "client">): string | null => {
    for (const side of this.sides) {
      const others = this.sides.filter((one) => one !== side).flatMap((one) => this.roster.of(one));
      // Those that are new may come to any agent.
      const elsewhere = new Set(others.map(({ name }) => name));
      const ranges = Object.entries(client.sessions)
        .filter(([name]) => !elsewhere.has(name))
        .reduce((sum, [, { allow }]) => sum + (allow?.length ?? 0), 0);
      if (logonTermsBytes(side.places, ranges) > side.logonTermsBytes)
        return `expected at most ${SPARE_RANGES} more ranges in allow than at the start, got ${ranges} in all`;
    }
    return null;
  };

  publish(config: Pick<GatewayConfig, "client">): void {
    for (const side of this.sides) {
      const latest = logonTermsAt(this.views, side);
      const names = this.roster.of(side).map(({ name }) => name);
      if (!writeLogonTerms(latest, logonTermsOf(names, side.places, config)))
        broken("LOGON_TERMS_TOO_SMALL", latest.bytes);
    }
  }
}
