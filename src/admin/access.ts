import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import type { RoleName } from "../config/admin.ts";
import type { AdminConfig } from "../config/schema.ts";
import { ApiFailure } from "./failure.ts";
import type { PeerRank } from "./peer-rank.ts";
import { RateLimit } from "./rate-limit.ts";
import type { TlsPeer } from "./tls-door.ts";

/** Who makes a request. */
export interface Principal {
  /** `alice` of the system's users, `desk` of the tokens. */
  readonly name: string;
  readonly role: RoleName;
  /** How it is known, and where from: `unix socket, uid 1000, pid 77`; `127.0.0.1, token desk`; `10.0.0.7, certificate CN=DESK`. */
  readonly from: string;
}

/** The other end of a unix socket, as the kernel knows it. */
export interface Peer {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** Wrong tokens of one address in a second, after which the next gets 429. */
const WRONG_PER_SECOND = 5;
const DAY_MS = 86_400_000;
/** Timers take an int32. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** As /proc/sys/kernel/overflowuid has it by default. */
const OVERFLOW_UID = 65_534;
const BEARER = /^Bearer +([!-~]{1,512})$/i;

/** Knows operators by the kernel's word about a unix socket, by their token, or by their certificate. */
export class Access {
  private readonly wrong = new RateLimit(WRONG_PER_SECOND);
  private readonly requests: RateLimit;
  private readonly principals = new WeakMap<Request, Principal>();
  private readonly changed: ((why: string) => void)[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private config: AdminConfig,
    /** Of this process: it is an admin on the socket. */
    private readonly ownUid: number,
    private readonly now: () => number = Date.now,
  ) {
    this.requests = new RateLimit(config.requestsPerSecond);
    this.awaitExpiry();
  }

  /** Another configuration's users, tokens and certificates count from now on. */
  replace(config: AdminConfig): void {
    this.config = config;
    this.change("the configuration was read again");
    this.awaitExpiry();
  }

  /** Whoever was let in before may no longer be: listeners end what is still open. */
  change(why: string): void {
    for (const listener of this.changed) listener(why);
  }

  /** Calls with the reason after each change. */
  onChanged(listener: (why: string) => void): void {
    this.changed.push(listener);
  }

  /** A token's last day ends also what was opened with it. */
  private awaitExpiry(): void {
    clearTimeout(this.timer);
    const nowMs = this.now();
    const ends = Object.values(this.config.tokens).map(({ expires }) => endMs(expires));
    const nextMs = Math.min(...ends.filter((one) => one > nowMs));
    if (nextMs === Number.POSITIVE_INFINITY) return;
    this.timer = setTimeout(
      () => {
        if (this.now() >= nextMs) this.change("a token has expired");
        this.awaitExpiry();
      },
      Math.min(nextMs - nowMs, LONGEST_TIMER_MS),
    );
    this.timer.unref();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** Finds who makes a request of a unix socket's peer, or of an address with a token. Throws an ApiFailure. */
  enter(request: Request, peer: Peer | null, address: string): Principal {
    return this.admit(request, peer === null ? this.byToken(request, address) : this.byPeer(peer));
  }

  /** The same for a connection with TLS: a token counts before the certificate. */
  enterTls(request: Request, peer: TlsPeer): Principal {
    const hasToken = peer.subject === "" || request.headers.has("authorization");
    return this.admit(request, hasToken ? this.byToken(request, peer.address) : this.byCertificate(peer));
  }

  private admit(request: Request, principal: Principal): Principal {
    if (!this.requests.take(principal.name, this.now())) {
      const most = `at most ${this.config.requestsPerSecond} requests a second (admin.requestsPerSecond)`;
      throw new ApiFailure(429, "too-many-requests", `expected ${most}, got more`, "", { "retry-after": "1" });
    }
    this.principals.set(request, principal);
    return principal;
  }

  /** Who makes this request, which has entered. */
  of(request: Request): Principal {
    const principal = this.principals.get(request);
    if (principal === undefined) throw new ApiFailure(401, "unknown", "expected a request of a known operator");
    return principal;
  }

  /** What a user of this system is to the socket. */
  rankOf(uid: number): PeerRank {
    if (uid === 0 || uid === this.ownUid) return "privileged";
    return this.roleOf(uid) === undefined ? "unknown" : "known";
  }

  private roleOf(uid: number): RoleName | undefined {
    const name = userName(uid);
    // Whom a user namespace does not know has this uid: it may be anybody.
    if (uid === OVERFLOW_UID || !Object.hasOwn(this.config.users, name)) return undefined;
    return this.config.users[name];
  }

  private byPeer({ uid, pid }: Peer): Principal {
    const from = `unix socket, uid ${uid}, pid ${pid}`;
    const name = userName(uid);
    if (uid === 0 || uid === this.ownUid) return { name, role: "admin", from };
    const role = this.roleOf(uid);
    if (role !== undefined) return { name, role, from };
    throw new ApiFailure(403, "unknown-user", `expected a user of admin.users, got ${name} (uid ${uid})`);
  }

  private byCertificate({ address, subject, identities }: TlsPeer): Principal {
    for (const [name, { certificate, role }] of Object.entries(this.config.certificates))
      if (identities.includes(certificate)) return { name, role, from: `${address}, certificate ${subject}` };
    const message = `expected a token, or a certificate of admin.certificates, got that of ${subject}`;
    throw new ApiFailure(403, "unknown-certificate", message);
  }

  private byToken(request: Request, address: string): Principal {
    const given = BEARER.exec(request.headers.get("authorization") ?? "")?.[1];
    if (given === undefined) throw needsToken("expected a header Authorization: Bearer TOKEN, got none of this form");
    const hash = createHash("sha256").update(given).digest();
    let found: Principal | null = null;
    let expired = false;
    // Every token is compared, so that the time says nothing about which one is near.
    for (const [name, token] of Object.entries(this.config.tokens)) {
      if (!timingSafeEqual(hash, Buffer.from(token.hash.slice("sha256:".length), "hex"))) continue;
      expired = this.now() >= endMs(token.expires);
      found = { name, role: token.role, from: `${address}, token ${name}` };
    }
    // A right token is taken whatever others try from the same address.
    if (found === null && !this.wrong.take(address, this.now()))
      throw new ApiFailure(429, "too-many-tries", "expected fewer wrong tokens in a second", "", {
        "retry-after": "1",
      });
    if (found === null) throw needsToken("expected the token of one of admin.tokens, got another");
    if (expired) throw needsToken(`expected a token that has not expired; admin.tokens.${found.name} has`);
    return found;
  }
}

function needsToken(message: string): ApiFailure {
  return new ApiFailure(401, "no-token", message, "authorization", { "www-authenticate": "Bearer" });
}

/** `expires` is a date such as 2027-01-31, good to its end in UTC; without one there is no end. */
function endMs(expires: unknown): number {
  return expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(`${String(expires)}T00:00:00Z`) + DAY_MS;
}

function userName(uid: number): string {
  try {
    return userNameIn(readFileSync("/etc/passwd", "utf8"), uid);
  } catch {
    // A system without that file has no names.
    return userNameIn("", uid);
  }
}

/** As the core keeps who asked: longer names would be cut, so that two persons could be one. */
const USER_NAME = /^[!-~]{1,64}$/;

/** Name of a user of this system by its /etc/passwd, or `uid 1234` where it has none that is kept whole. */
export function userNameIn(passwd: string, uid: number): string {
  for (const line of passwd.split("\n")) {
    const [name = "", , id] = line.split(":");
    if (id === String(uid) && USER_NAME.test(name)) return name;
  }
  return `uid ${uid}`;
}
