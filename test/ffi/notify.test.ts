import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EAGAIN, ECONNREFUSED, ENOENT } from "../../ffi/errno.ts";
import { NotifySocket } from "../../ffi/notify.ts";
import { NotifyListener } from "../host/systemd/notify-listener.ts";

const DIR = mkdtempSync(join(tmpdir(), "sallyport-notify-"));

test.each([join(DIR, "socket"), `@sallyport-test-${process.pid}`])("datagrams arrive whole at %s", async (address) => {
  const listener = new NotifyListener(address);
  const socket = new NotifySocket(address);
  expect(socket.send("READY=1\nSTATUS=größer")).toBe(0);
  expect(socket.send("STOPPING=1")).toBe(0);
  await listener.heard(/STOPPING/);
  expect(listener.said).toEqual(["READY=1\nSTATUS=größer", "STOPPING=1"]);
  socket.close();
  listener.close();
});

test("a manager that does not read is not waited for; one that is gone is an errno", () => {
  const path = join(DIR, "deaf");
  const listener = new NotifyListener(path);
  const socket = new NotifySocket(path);
  let sent = 0;
  for (let i = 0; i < 100_000 && sent === 0; i++) sent = socket.send("STATUS=again");
  expect(sent).toBe(-EAGAIN);
  listener.close();
  expect(socket.send("STATUS=again")).toBe(-ECONNREFUSED);
  rmSync(DIR, { recursive: true });
  expect(socket.send("STATUS=again")).toBe(-ENOENT);
  socket.close();
});

test.each(["", "@", "vsock:2:1234", "relative/path", `/${"x".repeat(107)}`])("no address: %j", (address) => {
  expect(() => new NotifySocket(address)).toThrow("NOTIFY_SOCKET: expected");
});
