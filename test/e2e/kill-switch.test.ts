import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { LOGON } from "../../src/counterparty/message.ts";
import { NotifyListener } from "../host/systemd/notify-listener.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const ENGAGED = /kill switch: engaged \(SIGUSR1\): new orders and replaces are refused, cancels pass\n/;

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

function made(setting: ConstructorParameters<typeof Gateway>[0]) {
  const gateway = new Gateway(setting);
  const venue = new Venue(gateway.venuePort);
  const alice = new Client("ALICE", gateway.clientPort);
  ends.push(async () => {
    venue.stop();
    await gateway.remove();
  });
  venue.listen();
  return { gateway, venue, alice };
}

async function refusal(alice: Client): Promise<string> {
  return (await alice.report(alice.order({ 38: 10, 44: "149" }), "8")).get(58)!;
}

for (const [preset, durability] of [
  ["one", "process"],
  ["wide", "process"],
  ["two", "disk"],
] as const) {
  test(`what is logged as engaged holds after a kill -9 in that moment; preset ${preset}, durability ${durability}`, async () => {
    const { gateway, venue, alice } = made({ preset, tables: `durability = "${durability}"` });
    await gateway.start();
    gateway.signal("SIGUSR1");
    await gateway.said(ENGAGED);
    await gateway.crash();
    await gateway.start();
    await venue.waitType(LOGON);
    await alice.logon();
    expect(await refusal(alice)).toContain("KILL_SWITCH");
    gateway.signal("SIGUSR2");
    await gateway.said(/kill switch: released \(SIGUSR2\)\n/);
    await alice.settle();
    await venueUp(alice);
    await alice.report(alice.order({ 38: 20, 44: "149" }), "0");
  });
}

test("a second signal says that nothing changed", async () => {
  const { gateway } = made({});
  await gateway.start();
  gateway.signal("SIGUSR2");
  await gateway.said(/kill switch: released \(SIGUSR2\), as it was before\n/);
  gateway.signal("SIGUSR1");
  await gateway.said(ENGAGED);
  gateway.signal("SIGUSR1");
  await gateway.said(
    /kill switch: engaged \(SIGUSR1\), as it was before: new orders and replaces are refused, cancels pass\n/,
  );
  expect(await gateway.stop(), gateway.log).toBe(0);
});

test("a signal during the start is kept until it is complete", async () => {
  const { gateway } = made({});
  const started = gateway.start();
  await gateway.said("no CPU is configured");
  gateway.signal("SIGUSR1");
  await gateway.said("kill switch: SIGUSR1: waits until the start is complete\n");
  await started;
  await gateway.said(ENGAGED);
});

test("a gateway that is stopping says that the switch is not engaged", async () => {
  const { gateway, alice } = made({});
  await gateway.start();
  await alice.logon();
  // It never reads the Logout, so that the stop takes 2 s.
  alice.pause();
  gateway.signal("SIGTERM");
  await gateway.said("SIGTERM: stopping");
  gateway.signal("SIGUSR1");
  await gateway.said(/kill switch: NOT engaged \(SIGUSR1\): the gateway is stopping\n/);
});

test("the start, the status, doctor and check show since when it is engaged", async () => {
  const { gateway } = made({});
  const text = readFileSync(gateway.configFile, "utf8").replace("[gateway]", `[gateway]\ndata = "${gateway.data}"`);
  writeFileSync(gateway.configFile, text);
  const config = ["--config", gateway.configFile];
  const shown = async (): Promise<string> => {
    const { out } = await runToEnd(["check", ...config]);
    const { out: doctor } = await runToEnd(["doctor", ...config, "--json"]);
    const { checks } = JSON.parse(doctor) as { checks: { name: string; verdict: string; seen: string }[] };
    const { verdict, seen } = checks.find(({ name }) => name === "kill switch")!;
    return `${/^kill switch .*/m.exec(out)?.[0]}; doctor: ${verdict} ${seen}`;
  };
  expect(await shown()).toBe("kill switch not engaged; doctor: not applicable the data directory has no journal yet");
  const manager = new NotifyListener(`@sallyport-kill-${process.pid}`);
  ends.push(async () => manager.close());
  await gateway.start(["env", `NOTIFY_SOCKET=${manager.address}`]);
  await gateway.said("kill switch: not engaged\n");
  expect(await shown()).toBe("kill switch not engaged; doctor: ok not engaged");
  gateway.signal("SIGUSR1");
  await gateway.said(ENGAGED);
  await manager.heard(/^STATUS=KILL SWITCH ENGAGED since \d\S+Z: no new orders; 0 of 2 client sessions on/);
  const engaged = /^STATUS=KILL SWITCH ENGAGED since (\S+):/m.exec(manager.said.join("\n"))![1]!;
  const lines = `kill switch ENGAGED since ${engaged} in ${gateway.data}: new orders will be refused; doctor: warn engaged since ${engaged}`;
  expect(await shown()).toBe(lines);
  await gateway.crash();
  expect(await shown()).toBe(lines);
  await gateway.start();
  await gateway.said(`kill switch: ENGAGED before this start since ${engaged}: new orders and replaces are refused`);
  expect(await gateway.stop()).toBe(0);
  expect(await shown()).toBe(lines);
});
