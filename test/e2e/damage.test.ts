import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { LOGON } from "../../src/counterparty/message.ts";
import { StreamReader } from "../../src/journal/store/reader.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

test("a journal damaged in the middle stops the start with the place; repaired, the gateway goes on", async () => {
  const gateway = new Gateway();
  const venue = new Venue(gateway.venuePort);
  const alice = new Client("ALICE", gateway.clientPort);
  ends.push(async () => {
    venue.stop();
    await gateway.remove();
  });
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
  const ids: string[] = [];
  for (let i = 0; i < 20; i++) ids.push(alice.order({ 38: 1_000 + i, 44: "149" }));
  await Promise.all(ids.map((clOrdId) => alice.report(clOrdId, "0")));
  await gateway.crash();
  await alice.waitClosed();
  await venue.waitClosed();
  // What the killed gateway had in its buffers is in the files then.
  expect(await runToEnd(["journal", "verify", gateway.data])).toMatchObject({ code: 0 });

  const file = `${gateway.data}/client0-00000001.journal`;
  const bytes = readFileSync(file);
  const reader = new StreamReader(gateway.data, "client0");
  for (let i = 0; i < 8; i++) reader.next();
  const at = reader.next()!.position % (4 << 20);
  reader.close();
  bytes[at + 70] = bytes[at + 70]! ^ 4;
  writeFileSync(file, bytes);

  const start = ["run", "--config", gateway.configFile, "--data", gateway.data];
  const refused = await runToEnd(start);
  expect(refused.code).toBe(1);
  expect(refused.err).toContain(`${file}: the entry is damaged at offset ${at}; it would be entry 9 of the file`);
  expect(refused.err).toContain(`sallyport journal repair ${gateway.data}`);

  const shown = await runToEnd(["journal", "repair", gateway.data]);
  expect(shown.code).toBe(1);
  expect(shown.out).toContain(`entry 9 at offset ${at}`);
  expect(shown.out).toContain("nothing is changed yet");
  expect(readFileSync(file).equals(bytes)).toBe(true);

  const done = await runToEnd(["journal", "repair", "--yes", gateway.data]);
  expect(done).toMatchObject({ code: 0, out: expect.stringContaining("the next start can read the journal") });
  expect(readdirSync(gateway.data)).toContain("client0-00000001.journal.damaged-1");
  expect(await runToEnd(["journal", "verify", gateway.data])).toMatchObject({ code: 0 });

  await gateway.start();
  const next = alice.nextIn;
  await venue.waitType(LOGON);
  await alice.logon();
  expect(alice.nextIn).toBeGreaterThan(next);
  await venueUp(alice);
  const busy = await runToEnd(["journal", "repair", gateway.data]);
  expect(busy.code).toBe(1);
  expect(busy.err).toContain(`in use by another process (pid ${gateway.pid})`);
});
