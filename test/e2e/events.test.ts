import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeToken } from "../../appliance/config/token.ts";
import { within } from "../eventually.ts";
import { ask } from "./api.ts";
import { freePort, Gateway } from "./gateway.ts";

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

function listen(gateway: Gateway, signal?: AbortSignal): Promise<Response> {
  return fetch("http://localhost/v1/events", {
    unix: join(gateway.data, "admin.sock"),
    ...(signal === undefined ? {} : { signal }),
  });
}

test("one document a second of sessions, venues, lanes and the journal", async () => {
  const gateway = await started();
  const response = await listen(gateway);
  expect(response.headers.get("content-type")).toStartWith("text/event-stream");
  const reader = response.body!.getReader();
  const documents: { time: string; sessions: { name: string }[]; venues: { name: string }[] }[] = [];
  let text = "";
  while (documents.length < 3) {
    const { value, done } = await within("an event", reader.read());
    if (done) break;
    text += new TextDecoder().decode(value);
    const events = text.split("\n\n");
    text = events.pop()!;
    for (const event of events) documents.push(JSON.parse(event.replace(/^data: /, "")));
  }
  await reader.cancel();
  const [first, second, third] = documents;
  expect(first!.sessions.map(({ name }) => name)).toEqual(["ALICE", "BOB"]);
  expect(first!.venues.map(({ name }) => name)).toEqual(["VENUE"]);
  expect(Date.parse(third!.time) - Date.parse(second!.time)).toBeGreaterThan(500);
});

test("more than 32 listeners are refused; one that leaves makes room", async () => {
  const gateway = await started("maxConnections = 100");
  const aborts = Array.from({ length: 32 }, () => new AbortController());
  const all = await Promise.all(aborts.map(({ signal }) => listen(gateway, signal)));
  expect(all.map(({ status }) => status)).toEqual(Array(32).fill(200));
  const more = await ask(gateway, "GET", "/v1/events");
  expect([more.status, more.body.error.code]).toEqual([503, "too-many-listeners"]);
  expect(more.headers.get("retry-after")).toBe("5");
  aborts[0]!.abort();
  const again = await within(
    "room",
    (async () => {
      for (;;) {
        const response = await listen(gateway);
        if (response.status === 200) return response;
        await response.text();
        await Bun.sleep(20);
      }
    })(),
  );
  await again.body!.cancel();
  for (const { abort } of aborts.slice(1).map((one) => ({ abort: () => one.abort() }))) abort();
  expect(await gateway.stop(), gateway.log).toBe(0);
});

test("a token that the configuration no longer has loses its stream when that is read again", async () => {
  const port = freePort();
  const { token, hash } = makeToken();
  const table = `[admin.tokens.desk]\nhash = "${hash}"\nrole = "view"`;
  const gateway = await started(`listen = "127.0.0.1:${port}"\n${table}`);
  const connect = () => fetch(`http://127.0.0.1:${port}/v1/events`, { headers: { authorization: `Bearer ${token}` } });
  const stream = (await connect()).text();
  const config = readFileSync(gateway.configFile, "utf8");
  writeFileSync(gateway.configFile, config.replace(table, ""));
  const reloaded = await ask(gateway, "POST", "/v1/system/reload", { why: "the desk has left" });
  expect([reloaded.status, reloaded.body.result], JSON.stringify(reloaded.body)).toEqual([200, "applied"]);
  expect(await within("the stream's end", stream)).toEndWith("event: end\ndata: the configuration was read again\n\n");
  expect((await connect()).status).toBe(401);
});

test("the page's files need no token, what they show does", async () => {
  const port = freePort();
  const { token, hash } = makeToken();
  await started(`listen = "127.0.0.1:${port}"\n[admin.tokens.desk]\nhash = "${hash}"\nrole = "view"`);
  const status = async (path: string, headers = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    await response.body?.cancel();
    return response.status;
  };
  expect(await Promise.all(["/", "/dashboard.js", "/dashboard.css", "/icon.svg"].map((path) => status(path)))).toEqual(
    Array(4).fill(200),
  );
  const paths = ["/v1/events", "/v1/manual", "/v1/manual/risk", "/dashboard.js/../v1/system", "/index.html"];
  expect(await Promise.all(paths.map((path) => status(path)))).toEqual(Array(5).fill(401));
  const headers = { authorization: `Bearer ${token}` };
  expect(await Promise.all(["/v1/events", "/v1/manual/risk"].map((path) => status(path, headers)))).toEqual([200, 200]);
  expect(await status("/v1/manual/..%2f..%2fgateway.toml", headers)).toBe(404);
});
