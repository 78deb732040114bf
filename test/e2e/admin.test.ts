import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
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
    /^time +who +action +target +result +why\n.* root +note\.add +applied +handover to London\n$/,
  );
  expect(JSON.parse((await ctl(gateway, "actions", "--json")).out)).toHaveLength(1);
  const wrong = await ctl(gateway, "confirm", "12");
  expect([wrong.code, wrong.err]).toEqual([
    1,
    "sallyport: expected the id of an action that waits, got 12 (not-found)\n",
  ]);
  expect((await ctl(gateway, "confirm")).code).toBe(2);
  const none = await runToEnd(["ctl", "status", "--socket", "/nowhere/admin.sock"]);
  expect(none.code).toBe(1);
  expect(none.err).toStartWith("sallyport: /nowhere/admin.sock: expected the API of a running gateway, got ");
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
