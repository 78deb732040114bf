import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { closeSocket, connectTcp, listenTcp } from "../../ffi/socket.ts";
import { NotifyListener } from "../host/systemd/notify-listener.ts";
import { Gateway } from "./gateway.ts";
import { Venue } from "./venue.ts";

setDefaultTimeout(60_000);

let ends: (() => unknown)[] = [];
let names = 0;

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

/** A gateway under a service manager, whose venue the test makes. */
async function started(setting: ConstructorParameters<typeof Gateway>[0] = {}) {
  const manager = new NotifyListener(`@sallyport-unreachable-${process.pid}-${names++}`);
  const gateway = new Gateway(setting);
  ends.push(
    () => gateway.remove(),
    () => manager.close(),
  );
  await gateway.start(["env", `NOTIFY_SOCKET=${manager.address}`]);
  return { gateway, manager };
}

test("a venue that refuses connections is in the log at once, then at growing intervals, and in the status", async () => {
  const { gateway, manager } = await started();
  const address = `127.0.0.1:${gateway.venuePort}`;
  const line = `WARN  venue VENUE: can't connect to ${address}: ECONNREFUSED \\(no program listens there: [^)]*\\); `;
  await gateway.said(new RegExp(`${line}the gateway tries again\n`));
  await gateway.said(new RegExp(`${line}\\d+ attempts have failed since \\S+Z; the gateway tries again\n`));
  await manager.heard(
    new RegExp(
      `^STATUS=0 of 2 client sessions on, 0 of 1 venues up; venue VENUE can't be reached at ${address} since \\S+Z: ECONNREFUSED;`,
      "m",
    ),
  );
  await gateway.said(new RegExp(`(?:${line}\\d+ attempts[^\n]*\n[^]*){2}`));
  const times = [...gateway.log.matchAll(/^(\S+) WARN {2}venue VENUE: can't connect/gm)].map(([, time]) =>
    Date.parse(time!),
  );
  const pauses = times.slice(1).map((time, i) => time - times[i]!);
  for (const [i, pause] of pauses.entries()) expect(pause).toBeGreaterThan(900 * 2 ** i);

  // It is there, and everything says so.
  const venue = new Venue(gateway.venuePort);
  venue.listen();
  ends.push(() => venue.stop());
  const from = manager.said.length;
  await gateway.said("venue VENUE: up;");
  await manager.heard(/^STATUS=0 of 2 client sessions on, 1 of 1 venues up; 2 lanes/, from);
  const log = gateway.log.length;
  await venue.stop();
  await gateway.said(/can't connect to [^\n]*; the gateway tries again\n/, log);
});

const canUnshare =
  process.getuid?.() === 0 && Bun.spawnSync(["unshare", "-n", "true"], { stderr: "ignore" }).exitCode === 0;

test.skipIf(!canUnshare)("an address that no route leads to (needs root)", async () => {
  const gateway = new Gateway({ venue: "", tables: '[venues.FAR]\naddress = "192.0.2.1:9000"' });
  ends.push(() => gateway.remove());
  // A network that leads nowhere.
  await gateway.start(["unshare", "-n"]);
  await gateway.said(
    /WARN {2}venue FAR: can't connect to 192\.0\.2\.1:9000: ENETUNREACH \(no route to that network: [^)]+\); the gateway tries again\n/,
  );
});

test("a venue that does not answer", async () => {
  const { gateway, manager } = await started();
  const listener = listenTcp("127.0.0.1", gateway.venuePort, 0);
  // The kernel answers no more connections than the queue takes.
  const fillers = Array.from({ length: 4 }, () => connectTcp("127.0.0.1", gateway.venuePort));
  ends.push(() => [listener, ...fillers].forEach((fd) => void closeSocket(fd)));
  await gateway.said(/WARN {2}venue VENUE: can't connect to \S+: ETIMEDOUT \(no answer: [^)]+\)/);
  await manager.heard(/venue VENUE can't be reached at \S+ since \S+Z: ETIMEDOUT/);
});

test("a venue that closes each connection is in the status as not logged on", async () => {
  const { gateway, manager } = await started();
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: gateway.venuePort,
    socket: { open: (socket) => void socket.end(), data() {} },
  });
  ends.push(() => server.stop(true));
  await gateway.said("WARN  venue VENUE: down: ");
  await manager.heard(/0 of 1 venues up; venue VENUE is not logged on: peer closed the connection;/);
});
