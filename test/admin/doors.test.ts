import { afterEach, expect, test } from "bun:test";
import { readdirSync, readlinkSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
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

test("a connection of a loopback address that sends no whole head in time loses its place; one that has sent it keeps it", async () => {
  using dir = scratchDirectory();
  const behind = join(dir.path, "behind");
  let heads = "";
  const server = createServer((socket) => void socket.on("data", (bytes) => (heads += bytes.toString("latin1"))));
  await new Promise<void>((resolve) => server.listen(behind, resolve));
  const places = new Places(8);
  const door = new LoopbackDoor(places, behind, HOST, 0, 300);
  const port = await door.start();
  const closed: string[] = [];
  const connection = (name: string): Socket => {
    const { socket } = stubborn({ host: HOST, port });
    socket.once("close", () => closed.push(name));
    socket.once("end", () => socket.end());
    return socket;
  };
  const whole = connection("whole");
  whole.write("GET / HTTP/1.1\r\nhost: a\r\n\r");
  connection("silent");
  connection("half").write("GET / HTTP/1.1\r\n");
  await until("the first part", () => heads.includes("host: a"));
  whole.write("\n");
  await until("the ends", () => closed.length === 2);
  expect(closed.sort()).toEqual(["half", "silent"]);
  // Its time would be over before that of a later one.
  connection("later");
  await until("the end of the later one", () => closed.length === 3);
  expect(closed.at(-1)).toBe("later");
  door.stop();
  server.close();
});
