import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { Certificates, OPENSSL } from "../e2e/certificates.ts";
import { freePort } from "../e2e/gateway.ts";
import { hasChromium } from "./browser.ts";
import { Desk, logIn } from "./desk.ts";

setDefaultTimeout(90_000);

describe.skipIf(!hasChromium || OPENSSL === null)("the dashboard over TLS (needs the openssl command)", () => {
  const port = freePort();
  const origin = `https://127.0.0.1:${port}/`;
  let all: Certificates;
  let desk: Desk;
  let certificates: { origin: string; certPath: string; keyPath: string }[];

  beforeAll(async () => {
    all = new Certificates();
    const main = all.authority("main");
    const server = all.make("server", { subject: "/CN=gateway", names: "DNS:localhost,IP:127.0.0.1", by: main });
    const ops = all.make("ops", { subject: "/CN=OPS", by: main });
    certificates = [{ origin: origin.slice(0, -1), certPath: ops.certificate, keyPath: ops.key }];
    desk = await Desk.open(`
[admin.tls]
listen = "127.0.0.1:${port}"
certificate = "${server.certificate}"
key = "${server.key}"
ca = "${main.certificate}"
clientCertificate = "optional"
[admin.certificates.ops]
certificate = "CN=OPS"
role = "operate"
`);
  });

  afterAll(async () => {
    await desk?.close();
    all?.remove();
  });

  test("an operator's certificate needs no token; who has none is asked for one", async () => {
    const known = await desk.browser.open(origin, { certificates });
    await known.page.getByText("Live", { exact: true }).waitFor();
    await known.page.getByRole("link", { name: "Sessions" }).click();
    await known.page.getByRole("row", { name: /^ALICE/ }).waitFor();
    expect(await known.page.getByRole("button", { name: "Log out", exact: true }).first().isVisible()).toBe(true);
    expect(await known.page.locator("#log-out").isVisible()).toBe(false);
    const other = await desk.browser.open(origin, { certificates: [] });
    await logIn(other.page, desk.token);
    await other.page.getByText("Live", { exact: true }).waitFor();
    expect(await other.page.locator("#log-out").isVisible()).toBe(true);
    expect([...known.foreign, ...known.faults, ...other.foreign, ...other.faults]).toEqual([]);
  });
});
