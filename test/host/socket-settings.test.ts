import { expect, test } from "bun:test";
import { join } from "node:path";
import { trySockets } from "../../src/host/socket-settings.ts";
import { lineText } from "../log.ts";

const DEAD = { keepAliveIdleS: 0, keepAliveIntervalS: 1, keepAliveCount: 1, userTimeoutMs: 0 };
const NONE = { ...DEAD, busyPollUs: 0, preferBusyPoll: false, quickAck: false, congestionControl: "system" };
const ALL = { ...DEAD, busyPollUs: 50, preferBusyPoll: true, quickAck: true, congestionControl: "reno" };
const root = process.getuid?.() === 0;

test("nothing asked, nothing said", () => {
  expect(trySockets(NONE)).toEqual([]);
});

test.skipIf(!root)("what is permitted is read back (needs root, and a kernel that polls)", () => {
  expect(trySockets(ALL).map(lineText)).toEqual([
    "sockets.busyPollUs: SO_BUSY_POLL is 50 on every connection, read back",
    "sockets.preferBusyPoll: SO_PREFER_BUSY_POLL is 1 on every connection, read back",
    "sockets.quickAck: TCP_QUICKACK is 1 on every connection, read back",
  ]);
});

test("a congestion control that the kernel has not got is a warning that says where to look", () => {
  const [line, ...more] = trySockets({ ...NONE, congestionControl: "no-such" }).map(lineText);
  // A kernel asked by somebody who may not load modules does not say which of the two it is.
  expect(line).toMatch(
    /^warning: sockets\.congestionControl: setsockopt TCP_CONGESTION: E(NOENT|PERM) \(.*net\.ipv4\.tcp_(available|allowed)_congestion_control/,
  );
  expect(more).toEqual([]);
});

test.skipIf(root && Bun.which("setpriv") === null)("what is not permitted is a warning with the remedy", () => {
  const script = `import { trySockets } from ${JSON.stringify(join(import.meta.dir, "../../src/host/socket-settings.ts"))};
    import { lineText } from ${JSON.stringify(join(import.meta.dir, "../log.ts"))};
    console.log(trySockets(${JSON.stringify(ALL)}).map(lineText).join("\\n"));`;
  const without = root ? ["setpriv", "--bounding-set", "-net_admin", "--inh-caps", "-net_admin"] : [];
  const ran = Bun.spawnSync([...without, process.execPath, "-e", script], { stderr: "inherit" });
  const [poll, prefer, ack, ...more] = ran.stdout.toString().trim().split("\n");
  // Newer kernels let everybody poll.
  expect(poll).toMatch(/^(warning: sockets\.busyPollUs: setsockopt SO_BUSY_POLL: EPERM|.* is 50 on every connection)/);
  expect(prefer).toMatch(
    /^warning: sockets\.preferBusyPoll: setsockopt SO_PREFER_BUSY_POLL: EPERM \(grant CAP_NET_ADMIN/,
  );
  expect(ack).toBe("sockets.quickAck: TCP_QUICKACK is 1 on every connection, read back");
  // Everybody may have the plainest congestion control, and that is not worth a word.
  expect(more).toEqual([]);
});
