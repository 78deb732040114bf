import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { InnerSockets } from "../../src/admin/inner-sockets.ts";
import { scratchDirectory } from "../journal/rig.ts";

const LONG = "d".repeat(100);
/** More than a process id can be. */
const ENDED = 9_999_999;

test("where the data directory's path is too long, what killed processes have left is removed, and nothing else", async () => {
  using dir = scratchDirectory();
  const short = join(dir.path, "short");
  const left = [
    `sallyport-api-${ENDED}-Ab12`,
    `sallyport-api-${process.pid}-Ab12`,
    "sallyport-api-of-another",
    "other",
  ];
  for (const name of left) mkdirSync(join(short, name), { recursive: true });
  writeFileSync(join(short, left[0]!, "0.sock"), "");
  const file = `sallyport-api-${ENDED}-file`;
  writeFileSync(join(short, file), "");
  const sockets = new InnerSockets(join(dir.path, LONG), short);
  await sockets.open();
  const own = sockets.next();
  expect(own).toStartWith(`${short}/sallyport-api-${process.pid}-`);
  expect(left.map((name) => existsSync(join(short, name)))).toEqual([false, true, true, true]);
  sockets.close();
  expect(readdirSync(short).sort()).toEqual([...left.slice(1), file].sort());
});

test("a directory on whose socket somebody listens stays, also where the process is not seen", async () => {
  using dir = scratchDirectory();
  const folder = join(dir.path, `sallyport-api-${ENDED}-Ab12`);
  mkdirSync(folder);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(folder, "0.sock"), resolve));
  const sockets = new InnerSockets(join(dir.path, LONG), dir.path);
  await sockets.open();
  expect(existsSync(join(folder, "0.sock"))).toBe(true);
  sockets.close();
  await new Promise((resolve) => server.close(resolve));
});
