import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
} from "node:fs";
import { LOGOUT } from "../../src/counterparty/message.ts";
import { executable } from "./gateway.ts";
import { ServerRoot } from "./server-root.ts";

setDefaultTimeout(60_000);

const server = new ServerRoot();
afterAll(() => server.remove());
const current = () => readlinkSync(server.path("/opt/sallyport/current"));
const text = (place: string) => readFileSync(server.path(place), "utf8");
/** Each test goes on where the one before stopped. */
let first = "";

/** Every path below the root with what it holds, but for the lock's holder. */
function tree(): string[] {
  return readdirSync(server.root, { recursive: true, encoding: "utf8" })
    .map((name) => {
      const stat = lstatSync(server.path(name));
      return `${name} ${stat.mode.toString(8)} ${stat.isFile() ? `${stat.size} ${stat.mtimeMs}` : ""}`;
    })
    .filter((one) => !one.includes("sallyport/lock"))
    .sort();
}

test("install --dry-run: says what it would write, and writes nothing", async () => {
  const { code, out, err } = await server.run(["install", "--root", server.root, "--dry-run"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toContain(`new     ${server.config} (`);
  expect(out).toEndWith("nothing was written (--dry-run)\n");
  expect(tree()).toEqual([]);
});

test.skipIf(process.getuid?.() !== 0 || Bun.which("setpriv") === null)(
  "without root the machine itself is not touched, and one line says what to do",
  async () => {
    chmodSync(server.directory, 0o755);
    const file = server.offer("copy", readFileSync(executable()));
    const nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", file];
    for (const [words, said] of [
      [["install"], "sallyport: not root: run it with sudo, or give a directory of your own as --root DIR\n"],
      [["rollback"], "sallyport: not root: run it with sudo, or give a directory of your own as --root DIR\n"],
      [["install", "--root", server.root], `sallyport: ${server.path("/opt")}: EACCES (not permitted: `],
    ] as const) {
      const { code, out, err } = await server.run([...nobody, ...words], "setpriv");
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err).toStartWith(said);
    }
    expect(tree()).toEqual([]);
  },
);

test("install: the executable, its link, units, settings, example and directories are in their places", async () => {
  const { code, err } = await server.install();
  expect({ code, err }).toEqual({ code: 0, err: "" });
  first = current();
  expect(first).toMatch(/^\d+\.\d+\.\d+-[0-9a-f]{12}$/);
  for (const name of ["sallyport.service", "sallyport-tune.service"]) {
    expect(text(`/etc/systemd/system/${name}`)).toContain("ExecStart=/usr/local/bin/sallyport ");
  }
  for (const place of ["/etc/sysctl.d/60-sallyport.conf", "/etc/sysusers.d/sallyport.conf"]) {
    expect(text(place)).not.toBe("");
  }
  expect(statSync(server.data).mode & 0o777).toBe(0o700);
  expect(statSync(server.config).mode & 0o777).toBe(0o640);
  expect(server.overseer.asked).toEqual(["daemon-reload"]);
  const said = await server.run(["version"], server.command);
  expect(said.out).toStartWith(`sallyport ${first.replace(/-[^-]*$/, "")} (Bun `);
});

test.skipIf(process.getuid?.() !== 0 || Bun.which("systemd-sysusers") === null)(
  "install as root: the service has a user of its own, to whom the data belongs",
  () => {
    const uid = Number(/^sallyport:x:(\d+):/m.exec(text("/etc/passwd"))?.[1]);
    const gid = Number(/^sallyport:x:(\d+):/m.exec(text("/etc/group"))?.[1]);
    const data = statSync(server.data);
    expect([data.uid, data.gid]).toEqual([uid, gid]);
    const config = statSync(server.config);
    expect([config.uid, config.gid]).toEqual([0, gid]);
  },
);

test("install once more: there is nothing to do, and nothing is touched", async () => {
  const before = tree();
  const { code, out, err } = await server.install();
  expect({ code, out, err }).toEqual({ code: 0, out: "nothing to do\n", err: "" });
  expect(tree()).toEqual(before);
});

test("an edited configuration stays as it is, and an edited unit is shown with the difference", async () => {
  server.configure();
  const unit = "/etc/systemd/system/sallyport.service";
  appendFileSync(server.path(unit), "# ours\n");
  const before = [text("/etc/sallyport/gateway.toml"), text(unit)];
  const again = await server.install();
  expect(again.code).toBe(0);
  expect(again.out).toContain(`keep    ${server.config}: edited`);
  expect([text("/etc/sallyport/gateway.toml"), text(unit)]).toEqual(before);
  expect(existsSync(`${server.config}.new`)).toBe(false);

  // Without what was noted nothing is known to be ours.
  await server.run(["uninstall", "--root", server.root]);
  const fresh = await server.install();
  expect(fresh.code).toBe(0);
  expect(fresh.out).toContain(`\n--- ${server.path(unit)}\n+++ ${server.path(unit)}.new\n@@ `);
  expect(fresh.out).toContain("\n-# ours");
  expect([text("/etc/sallyport/gateway.toml"), text(unit)]).toEqual(before);
  expect(text("/etc/sallyport/gateway.toml.new")).toContain("[client.sessions.CLIENT]");
});

test("check, start under a notify socket, an order, drain", async () => {
  const check = await server.run(["check", "--config", server.config], server.command);
  expect(check).toMatchObject({ code: 0, err: "" });
  expect(await server.overseer.start()).toBe("");
  await server.trade();
  const id = server.alice.order({ 38: 101 });
  await server.alice.report(id, "0");
  server.venue.fill(await server.venue.orderOf(101), 101);
  await server.alice.report(id, "F");

  server.leave();
  await server.alice.waitClosed();
  await server.alice.logon();
  const stopped = server.alice.waitType(LOGOUT);
  await server.overseer.stop();
  await stopped;
});

test("uninstall is refused while the service runs", async () => {
  expect(await server.overseer.start()).toBe("");
  const refused = await server.on("uninstall");
  expect(refused).toMatchObject({ code: 1, out: "" });
  expect(refused.err).toBe("sallyport: sallyport.service is running: systemctl stop sallyport first\n");
  await server.overseer.stop();
});

test("uninstall: what install wrote is gone; configuration, journal and what was edited stay", async () => {
  const dry = await server.on("uninstall", "--dry-run");
  expect(dry).toMatchObject({ code: 0, err: "" });
  expect(dry.out).toEndWith("nothing was removed (--dry-run)\n");
  expect(existsSync(server.command)).toBe(true);

  const { code, out, err } = await server.on("uninstall");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toContain(`left    ${server.path("/etc/sallyport")} (configuration)`);
  expect(out).toContain(`left    ${server.data} (data and journal)`);
  expect(out).toContain(`keep    ${server.path("/etc/systemd/system/sallyport.service")}: edited`);
  expect(server.overseer.asked).toContain("disable --quiet sallyport.service");
  const left = readdirSync(server.root, { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => `${entry.parentPath.slice(server.root.length)}/${entry.name}`)
    .filter((path) => !/^\/(etc\/(\.pwd\.lock|passwd|group|g?shadow)|var\/lib\/sallyport\/.*)$/.test(path));
  expect(left.sort()).toEqual(["/etc/sallyport/gateway.toml", "/etc/systemd/system/sallyport.service"]);
  expect(existsSync(server.path("/var/lib/sallyport/names.json"))).toBe(true);
});

test("uninstall where nothing is installed says so", async () => {
  const { code, err } = await server.run(["uninstall", "--root", server.root]);
  expect(code).toBe(1);
  expect(err).toContain("/opt/sallyport/installed.json: not there; expected what sallyport install writes");
});
