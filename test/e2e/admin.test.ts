import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { until } from "../eventually.ts";
import { type Answer, ask } from "./api.ts";
import { freePort, Gateway, runToEnd } from "./gateway.ts";

setDefaultTimeout(60_000);

let gateways: Gateway[] = [];

afterEach(async () => {
  for (const gateway of gateways) await gateway.remove();
  gateways = [];
});

async function started(admin = ""): Promise<Gateway> {
  const gateway = new Gateway({ tables: `[admin]\n${admin}` });
  gateways.push(gateway);
  await gateway.start();
  return gateway;
}

const ctl = (gateway: Gateway, ...words: string[]) =>
  runToEnd(["ctl", ...words, "--socket", join(gateway.data, "admin.sock")]);

/** What is answered to bytes as they are. */
function raw(path: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let got = "";
    const socket = connect(path, () => socket.write(bytes));
    socket.on("data", (chunk) => {
      got += chunk;
    });
    socket.on("close", () => resolve(got));
    socket.on("error", reject);
  });
}

test("an action is in the journal with who, from where, why and its result, and survives a kill -9", async () => {
  const gateway = await started();
  const answer = await ask(gateway, "POST", "/v1/notes", { why: "VENUE called: no auction today" });
  expect([answer.status, answer.body.result]).toEqual([200, "applied"]);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  await gateway.crash();
  const { out } = await runToEnd(["journal", "print", gateway.data]);
  const { action } = answer.body;
  expect(out).toContain(
    `operator action ${action}: root (unix socket, uid 0, pid ${process.pid}) asked for note.add: VENUE called: no auction today`,
  );
  expect(out).toContain(`operator action ${action} (note.add): applied`);
  await gateway.start();
  expect((await ask(gateway, "GET", "/v1/ready")).body).toEqual({ status: "ready" });
});

test("sallyport ctl: tables, JSON, exit codes", async () => {
  const gateway = await started();
  const status = await ctl(gateway, "status");
  expect([status.code, status.err]).toEqual([0, ""]);
  expect(status.out).toMatch(new RegExp(`^pid +${gateway.pid}$`, "m"));
  expect(await ctl(gateway, "note", "handover to London")).toMatchObject({ code: 0 });
  const actions = await ctl(gateway, "actions");
  expect(actions.out).toMatch(
    /^time +who +action +target +result\n\d\d:\d\d:\d\d +root +note\.add +applied\n {4}why: handover to London\n$/,
  );
  expect(JSON.parse((await ctl(gateway, "actions", "--json")).out)).toHaveLength(1);
  const wrong = await ctl(gateway, "confirm", "12", "--why", "x");
  expect([wrong.code, wrong.err]).toEqual([
    1,
    "sallyport: expected the id of an action that waits, got 12 (not-found)\n",
  ]);
  expect((await ctl(gateway, "confirm")).code).toBe(2);
  const none = await runToEnd(["ctl", "status", "--socket", "/nowhere/admin.sock"]);
  expect(none.code).toBe(1);
  expect(none.err).toStartWith("sallyport: /nowhere/admin.sock: expected the API of a running gateway, got ENOENT; ");
});

test("tokens on loopback: roles, no foreign pages, no secret in an answer", async () => {
  const port = freePort();
  const hash = createHash("sha256").update("look-only").digest("hex");
  const gateway = await started(
    `listen = "127.0.0.1:${port}"\n[admin.tokens.screen]\nhash = "sha256:${hash}"\nrole = "view"`,
  );
  const open = (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${port}${path}`, init);
  const authorization = "Bearer look-only";
  expect((await open("/v1/health")).status).toBe(200);
  expect((await open("/v1/system")).status).toBe(401);
  const system = await open("/v1/system", { headers: { authorization } });
  expect(system.status).toBe(200);
  expect(await system.text()).not.toContain(hash);
  const note = { method: "POST", body: JSON.stringify({ why: "x" }) };
  const headers = { authorization, "content-type": "application/json" };
  const denied = await open("/v1/notes", { ...note, headers });
  expect([denied.status, ((await denied.json()) as Answer["body"]).error.message]).toEqual([
    403,
    "note.add: expected the role operate or admin, got view of screen",
  ]);
  expect((await open("/v1/system", { headers: { ...headers, origin: "https://evil.example" } })).status).toBe(403);
  expect((await open("/v1/system", { headers: { ...headers, host: "evil.example" } })).status).toBe(403);
  // The kernel's word can't be made up.
  const forged = { "x-sallyport-peer": "key 1 0 0" };
  expect((await open("/v1/system", { headers: forged })).status).toBe(401);
  expect(gateway.isRunning).toBe(true);
});

test.each([
  ["no JSON", "{", 400, { code: "not-json", where: "body" }],
  ["no reason", {}, 400, { code: "invalid", where: "body.why" }],
  ["an empty reason", { why: "" }, 400, { code: "invalid", where: "body.why" }],
  ["a control character", { why: "a\nb" }, 400, { code: "invalid", where: "body.why" }],
  ["an unknown key", { why: "x", more: 1 }, 400, { code: "invalid", where: "body.more" }],
  ["too long a body", { why: "x".repeat(70_000) }, 413, null],
] as const)("a request with %s is refused, and says what was expected", async (_name, body, status, error) => {
  const gateway = await started();
  const answer = await ask(gateway, "POST", "/v1/notes", body);
  expect(answer.status).toBe(status);
  if (error !== null) expect(answer.body.error).toMatchObject(error);
  expect((await ask(gateway, "GET", "/v1/actions")).body).toEqual([]);
});

test("bytes that are no HTTP, heads without an end, and a second request hidden behind the first", async () => {
  const gateway = await started();
  const path = join(gateway.data, "admin.sock");
  expect(statSync(path).mode & 0o777).toBe(0o666);
  expect(await raw(path, "nonsense\r\n\r\n")).toMatch(/^(HTTP\/1\.1 400|$)/);
  expect(await raw(path, `GET / HTTP/1.1\r\nx: ${"y".repeat(20_000)}`)).toStartWith("HTTP/1.1 431");
  const one = "GET /v1/health HTTP/1.1\r\nhost: x\r\nx-sallyport-peer: a 1 0 0\r\n\r\n";
  const answers = await raw(path, one + one);
  expect(answers.match(/HTTP\/1\.1 200/g)).toHaveLength(1);
  expect((await ask(gateway, "GET", "/v1/health")).status).toBe(200);
});

test("half-open connections, and those of users that are not known, keep nobody out", async () => {
  const gateway = await started('maxConnections = 4\n[admin.users]\ndaemon = "view"');
  const path = join(gateway.data, "admin.sock");
  const half = Array.from({ length: 8 }, () => connect({ path, allowHalfOpen: true }));
  for (const socket of half) {
    socket.on("error", () => {});
    socket.end("GET /v1/health HTTP/1.1\r\n");
  }
  const isAnswered = () =>
    ask(gateway, "GET", "/v1/health").then(
      ({ status }) => status === 200,
      () => false,
    );
  await until("an answer", isAnswered);
  // As daemon (uid 1): no more than half of the places.
  chmodSync(gateway.directory, 0o755);
  chmodSync(gateway.data, 0o755);
  const holder = `$| = 1; for (1..4) { socket(my $s, PF_UNIX, SOCK_STREAM, 0); connect($s, sockaddr_un($ARGV[0])) or die; push @held, $s }
print "held"; sleep 30`;
  const child = Bun.spawn(["setpriv", "--reuid=1", "--clear-groups", "perl", "-MSocket", "-e", holder, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    let said = "";
    for await (const chunk of child.stdout) {
      said += new TextDecoder().decode(chunk);
      if (said.includes("held")) break;
    }
    expect(said).toBe("held");
    expect((await ask(gateway, "GET", "/v1/health")).status).toBe(200);
  } finally {
    child.kill();
    for (const socket of half) socket.destroy();
  }
});

test("what takes long is not cut off", async () => {
  const gateway = await started();
  const stream = await fetch("http://localhost/v1/journal/stream", { unix: join(gateway.data, "admin.sock") });
  const reader = stream.body!.getReader();
  const until12s = performance.now() + 12_000;
  // Longer than the ten seconds after which Bun ends a silent connection by default.
  while (performance.now() < until12s) expect((await reader.read()).done).toBe(false);
  await reader.cancel();
});

test("a key that is not known is refused at every depth: nothing is done for a filter of which nothing is left", async () => {
  const gateway = await started();
  const document = (await ask(gateway, "GET", "/openapi.json")).body;
  const open: string[] = [];
  const walk = (where: string, schema: Record<string, unknown> | undefined): void => {
    if (typeof schema !== "object" || schema === null) return;
    if (schema.type === "object" && schema.properties !== undefined && schema.additionalProperties !== false)
      open.push(where);
    for (const [key, inner] of Object.entries(schema)) walk(`${where}.${key}`, inner as Record<string, unknown>);
  };
  // The outermost is closed by the server itself.
  for (const [path, methods] of Object.entries<Record<string, Answer["body"]>>(document.paths))
    for (const [method, { requestBody }] of Object.entries(methods))
      for (const inner of Object.values(requestBody?.content?.["application/json"]?.schema?.properties ?? {}))
        walk(`${method} ${path}`, inner as Record<string, unknown>);
  expect(open).toEqual([]);
  for (const body of [{ filter: { acount: "X" } }, { filter: {} }, {}, { filter: { account: "X" }, all: true }]) {
    const answer = await ask(gateway, "POST", "/v1/orders/cancel", { ...body, why: "x" });
    expect([answer.status, answer.body.error.code]).toEqual([400, "invalid"]);
  }
  expect((await ask(gateway, "GET", "/v1/orders?acount=X")).status).toBe(400);
  expect((await ask(gateway, "GET", "/v1/actions")).body).toEqual([]);
});

test("a stop removes the socket; one that a kill has left is replaced; a file in its place is not", async () => {
  const gateway = await started();
  const path = join(gateway.data, "admin.sock");
  await gateway.crash();
  expect(existsSync(path)).toBe(true);
  await gateway.start();
  expect((await ask(gateway, "GET", "/v1/health")).status).toBe(200);
  expect(await gateway.stop()).toBe(0);
  expect(existsSync(path)).toBe(false);
  await Bun.write(path, "mine");
  await expect(gateway.start()).rejects.toThrow(`expected ${path} to be a socket or not to exist, got another file`);
  expect(await Bun.file(path).text()).toBe("mine");
});
