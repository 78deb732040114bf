import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { Access, userNameIn } from "../../src/admin/access.ts";
import { ApiFailure } from "../../src/admin/failure.ts";
import { permits } from "../../src/admin/roles.ts";
import type { AdminConfig } from "../../src/config/schema.ts";
import { until } from "../eventually.ts";

const OWN_UID = 4_242;
const DAY = Date.parse("2026-12-01T12:00:00Z");

const hashOf = (token: string): string => `sha256:${createHash("sha256").update(token).digest("hex")}`;

function access(config: Partial<AdminConfig>, now = () => DAY): Access {
  const base = { users: {}, tokens: {}, requestsPerSecond: 3, confirm: [], confirmWithinS: 10 };
  return new Access({ ...base, ...config } as AdminConfig, OWN_UID, now);
}

const request = (token?: string): Request =>
  new Request("http://localhost/v1/system", token === undefined ? {} : { headers: { authorization: token } });

function refused(enter: () => unknown): ApiFailure {
  try {
    enter();
  } catch (error) {
    if (error instanceof ApiFailure) return error;
    throw error;
  }
  throw new Error("expected a refusal");
}

test("root and the gateway's own user are admin on the socket, users as configured, others are refused by name", () => {
  const one = access({ users: { daemon: "operate" } });
  expect(one.enter(request(), { uid: 0, gid: 0, pid: 7 }, "unix socket")).toEqual({
    name: "root",
    role: "admin",
    from: "unix socket, uid 0, pid 7",
  });
  expect(one.enter(request(), { uid: OWN_UID, gid: 0, pid: 7 }, "").role).toBe("admin");
  // Debian's daemon is uid 1.
  expect(one.enter(request(), { uid: 1, gid: 1, pid: 8 }, "")).toMatchObject({ name: "daemon", role: "operate" });
  const other = refused(() => one.enter(request(), { uid: 2, gid: 2, pid: 9 }, ""));
  expect([other.status, other.code, other.message]).toEqual([
    403,
    "unknown-user",
    "expected a user of admin.users, got bin (uid 2)",
  ]);
});

test("a token is known by its hash, on its last day, too, and not after it", () => {
  let now = Date.parse("2026-12-31T23:59:59Z");
  const tokens = { desk: { hash: hashOf("secret"), role: "risk", expires: "2026-12-31" } } as AdminConfig["tokens"];
  const one = access({ tokens }, () => now);
  const entered = request("Bearer secret");
  expect(one.enter(entered, null, "127.0.0.1")).toEqual({ name: "desk", role: "risk", from: "127.0.0.1, token desk" });
  expect(one.of(entered).name).toBe("desk");
  now = Date.parse("2027-01-01T00:00:00Z");
  expect(refused(() => one.enter(request("bearer secret"), null, "127.0.0.1")).message).toContain("has not expired");
});

test("what was opened with a token ends with its last day, and a reload ends it, too", async () => {
  let now = Date.parse("2026-12-31T23:59:59.980Z");
  const tokens = {
    desk: { hash: hashOf("secret"), role: "risk", expires: "2026-12-31" },
    later: { hash: hashOf("later"), role: "risk", expires: "2027-06-30" },
  } as AdminConfig["tokens"];
  const one = access({ tokens }, () => now);
  const ends: string[] = [];
  one.onChanged((why) => ends.push(why));
  now = Date.parse("2027-01-01T00:00:00Z");
  await until("the end", () => ends.length > 0);
  expect(ends).toEqual(["a token has expired"]);
  one.replace({ tokens: {} } as AdminConfig);
  expect(ends.at(-1)).toBe("the configuration was read again");
  one.stop();
});

test.each([undefined, "", "secret", "Basic secret", "Bearer", "Bearer wrong", "Bearer secret more"])(
  "%p is no token",
  (given) => {
    const tokens = { desk: { hash: hashOf("secret"), role: "view" } } as AdminConfig["tokens"];
    const failure = refused(() => access({ tokens }).enter(request(given), null, "127.0.0.1"));
    expect([failure.status, failure.code]).toEqual([401, "no-token"]);
    expect(failure.message).not.toContain("secret");
  },
);

test("one operator makes so many requests in a second, and others are not slowed by it", () => {
  let now = DAY;
  const one = access({}, () => now);
  const enter = (uid: number) => one.enter(request(), { uid, gid: 0, pid: 1 }, "");
  for (let i = 0; i < 3; i++) enter(0);
  expect(refused(() => enter(0)).status).toBe(429);
  enter(OWN_UID);
  now += 400;
  enter(0);
  expect(refused(() => enter(0)).headers).toEqual({ "retry-after": "1" });
});

test("tries of wrong tokens are slowed, and do not keep the right one out", () => {
  const tokens = { desk: { hash: hashOf("secret"), role: "view" } } as AdminConfig["tokens"];
  const one = access({ tokens });
  const codes = Array.from({ length: 8 }, (_, i) => refused(() => one.enter(request(`Bearer ${i}`), null, "::1")).code);
  expect(codes).toEqual([...Array(5).fill("no-token"), ...Array(3).fill("too-many-tries")]);
  expect(one.enter(request("Bearer secret"), null, "::1").name).toBe("desk");
});

test("roles: operate and risk do not include each other", () => {
  expect(permits("operate", "view") && permits("risk", "view") && permits("admin", "risk")).toBe(true);
  expect([permits("operate", "risk"), permits("risk", "operate"), permits("view", "operate")]).toEqual([
    false,
    false,
    false,
  ]);
});

test("on an address with TLS a token counts before the certificate, and a certificate of nobody is refused by name", () => {
  const tokens = { desk: { hash: hashOf("secret"), role: "view" } } as AdminConfig["tokens"];
  const certificates = { ops: { certificate: "CN=OPS", role: "operate" } } as AdminConfig["certificates"];
  const one = access({ tokens, certificates });
  const peer = (subject: string, ...identities: string[]) => ({ address: "10.0.0.7", subject, identities });
  const ops = peer("CN=OPS,O=Firm", "CN=OPS,O=Firm", "CN=OPS");
  expect(one.enterTls(request(), ops)).toEqual({
    name: "ops",
    role: "operate",
    from: "10.0.0.7, certificate CN=OPS,O=Firm",
  });
  expect(one.enterTls(request("Bearer secret"), ops)).toMatchObject({ name: "desk", from: "10.0.0.7, token desk" });
  expect(refused(() => one.enterTls(request("Bearer wrong"), ops)).status).toBe(401);
  expect(refused(() => one.enterTls(request(), peer("")))).toMatchObject({ status: 401, code: "no-token" });
  // The words of a subject are no identity by themselves.
  const other = refused(() => one.enterTls(request(), peer("CN=OPS", "CN=OPS,O=Other")));
  expect([other.status, other.code]).toEqual([403, "unknown-certificate"]);
});

test("a user of the system has the name that /etc/passwd gives, or its number where that is kept nowhere whole", () => {
  const long = "a".repeat(65);
  const passwd = `root:x:0:0::/root:/bin/sh\ndesk:x:1000:1000::/:/bin/sh\n${long}:x:1001:1001::/:/bin/sh\né:x:1002:1::/:/bin/sh\n`;
  expect([0, 1000, 1001, 1002, 1003].map((uid) => userNameIn(passwd, uid))).toEqual([
    ...["root", "desk", "uid 1001", "uid 1002", "uid 1003"],
  ]);
});
