import { afterEach, test } from "bun:test";
import { readdirSync, readlinkSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { LoopbackDoor } from "../../src/admin/loopback-door.ts";
import { PeerDoor } from "../../src/admin/peer-door.ts";
import { Places } from "../../src/admin/places.ts";
import { until } from "../eventually.ts";
import { scratchDirectory } from "../journal/rig.ts";

// Peers that never close their side: `allowHalfOpen` leaves it to them.

const all: Socket[] = [];
afterEach(() => {
  for (const socket of all.splice(0)) socket.destroy();
});

const HOST = "127.0.0.1";
/** Sockets of this process. */
const descriptors = (): number =>
  readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith("socket:");
    } catch {
      // Closed meanwhile.
      return false;
    }
  }).length;

/** A connection that never ends its side, and what came on it. */
function stubborn(to: { path: string } | { host: string; port: number }): { socket: Socket; came: () => string } {
  let came = "";
  const socket = connect({ ...to, allowHalfOpen: true });
  all.push(socket);
  socket.on("error", () => {});
  socket.on("data", (bytes) => {
    came += bytes.toString("latin1");
  });
  return { socket, came: () => came };
}

/** Twenty that are refused: each is told so, and each side's descriptor is given up by the door. */
async function refuses(connection: () => ReturnType<typeof stubborn>): Promise<void> {
  const before = descriptors();
  const refused = Array.from({ length: 20 }, connection);
  await until("the answers", () => refused.every(({ came }) => came().startsWith("HTTP/1.1 503 ")));
  // Their own are left.
  await until("the door's descriptors", () => descriptors() <= before + refused.length);
}

test("the unix socket keeps no descriptor of a connection without a place, nor of one whose head is too large", async () => {
  using dir = scratchDirectory();
  const path = join(dir.path, "admin.sock");
  const places = new Places(2);
  const peerOf = () => ({ pid: 1, uid: 1, gid: 1 });
  const door = new PeerDoor({ path, behind: join(dir.path, "behind"), places, peerOf, rankOf: () => "known" });
  await door.start();
  const large = stubborn({ path });
  large.socket.write("x".repeat(20_000));
  await until("the answer", () => large.came().startsWith("HTTP/1.1 431 "));
  await until("its place", () => places.take(large, 1, "known"));
  await refuses(() => stubborn({ path }));
  door.stop();
});

test("a loopback address keeps no descriptor of a connection without a place", async () => {
  using dir = scratchDirectory();
  const places = new Places(1);
  places.take(all, 1, "known");
  const door = new LoopbackDoor(places, join(dir.path, "behind"), HOST, 0);
  const port = await door.start();
  await refuses(() => stubborn({ host: HOST, port }));
  door.stop();
});
