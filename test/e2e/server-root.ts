import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeBuffers } from "../../src/journal/store/buffers.ts";
import { deadline, until } from "../eventually.ts";
import { Client } from "./client.ts";
import { configOf, type Ended, executable, freePort, temporary } from "./gateway.ts";
import { Overseer } from "./overseer.ts";
import { Venue, venueUp } from "./venue.ts";

const RUN_MS = 60_000;

/** The root directory of a server of its own, with everything that Sallyport installs there, and who trades through it. */
export class ServerRoot {
  readonly directory = temporary();
  readonly root = join(this.directory, "root");
  readonly clientPort = freePort();
  readonly venuePort = freePort();
  readonly config = this.path("/etc/sallyport/gateway.toml");
  readonly data = this.path("/var/lib/sallyport");
  readonly command = this.path("/usr/local/bin/sallyport");
  readonly overseer = new Overseer(this.directory, [this.command, "run", "--config", this.config, "--data", this.data]);
  readonly venue = new Venue(this.venuePort);
  readonly alice = new Client("ALICE", this.clientPort);
  /** Both ends of the client's connection keep it on, as a trading client does. */
  private staying = false;

  constructor() {
    mkdirSync(this.root);
  }

  path(place: string): string {
    return join(this.root, place);
  }

  /** Runs a command line of an executable (the one under test unless told otherwise) to its end. */
  async run(
    words: string[],
    program = executable(),
    started: (child: Bun.Subprocess) => void = () => {},
  ): Promise<Ended> {
    const child = Bun.spawn([program, ...words], {
      env: { PATH: process.env.PATH ?? "" },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    started(child);
    using _bound = deadline(RUN_MS, () => child.kill("SIGKILL"));
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return { code, out, err };
  }

  /** As `run`, of the installed executable, on this root and with its service manager. */
  on(verb: string, ...words: string[]): Promise<Ended> {
    return this.run([verb, "--root", this.root, "--systemctl", this.overseer.systemctl, ...words], this.command);
  }

  install(): Promise<Ended> {
    return this.run(["install", "--root", this.root, "--systemctl", this.overseer.systemctl]);
  }

  configure(upgrade = "sessionsWithinS = 10"): void {
    const { clientPort, venuePort } = this;
    writeFileSync(this.config, configOf({ clientPort, venuePort, tables: `[upgrade]\n${upgrade}` }));
  }

  /** Trade is on: the venue is up and ALICE logged on, and she comes back whenever she is cut off. */
  async trade(): Promise<void> {
    this.venue.listen();
    await this.alice.logon();
    await venueUp(this.alice);
    this.staying = true;
    this.stayOn();
  }

  private async stayOn(): Promise<void> {
    for (;;) {
      await this.alice.closed;
      if (!this.staying) return;
      const connects = () =>
        this.alice.connect().then(
          () => true,
          () => !this.staying,
        );
      await until("a gateway that takes connections", connects, RUN_MS, () => this.overseer.log);
      // What becomes of the Logon shows in the connection.
      if (this.staying) void this.alice.exchangeLogons().catch(() => {});
    }
  }

  leave(): void {
    this.staying = false;
    this.alice.drop();
  }

  /** A file beside the root, to upgrade to; with the checksum that speaks for it. */
  offer(name: string, bytes: Uint8Array | string): string {
    const path = join(this.directory, name);
    writeFileSync(path, bytes);
    chmodSync(path, 0o755);
    writeFileSync(`${path}.sha256`, `${new Bun.CryptoHasher("sha256").update(bytes).digest("hex")}  ${name}\n`);
    return path;
  }

  /** The executable under test, a few bytes longer: another version that does all the same. */
  offerGood(name: string): string {
    return this.offer(name, Buffer.concat([readFileSync(executable()), Buffer.from(`\n${name}\n`)]));
  }

  /** A small program that hands everything to the executable under test. */
  offerLike(name: string): string {
    return this.offerBad(name, "none) ;;");
  }

  /** A program that is the good one but for what the cases of a shell's `case "$1"` say. */
  offerBad(name: string, cases: string): string {
    const version = `version) if [ $# -gt 1 ]; then exec "${executable()}" "$@"; fi; echo "sallyport 9.9.9 (Bun 1.4.5, linux x64)" ;;`;
    return this.offer(
      name,
      `#!/bin/sh\n# ${name}\ncase "$1" in\n${cases}\n${version}\n*) exec "${executable()}" "$@" ;;\nesac\n`,
    );
  }

  async remove(): Promise<void> {
    this.leave();
    this.venue.stop();
    await this.overseer.remove();
    removeBuffers(this.data);
    rmSync(this.directory, { recursive: true, force: true });
  }
}
