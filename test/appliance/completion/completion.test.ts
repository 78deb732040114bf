import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commands } from "../../../appliance/commands/table.ts";
import { completionScript } from "../../../appliance/completion/completion.ts";
import { sallyport } from "../sallyport.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sallyport-completion-"));
  for (const shell of ["bash", "zsh"] as const) writeFileSync(join(folder, shell), completionScript(shell, commands));
  writeFileSync(join(folder, "gateway one.toml"), "");
  mkdirSync(join(folder, "data"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What bash offers for the last of these words. */
function bashOffers(...words: string[]): string[] {
  const script = `source ./bash; COMP_WORDS=(sallyport "$@"); COMP_CWORD=$#; _sallyport 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = Bun.spawnSync(["bash", "-c", script, "bash", ...words], { cwd: folder });
  return stdout
    .toString()
    .split("\n")
    .filter((line) => line !== "");
}

describe("bash", () => {
  test.each<[words: string[], offers: string[]]>([
    [["ru"], ["run"]],
    [["jour"], ["journal"]],
    [["journal", "p"], ["print"]],
    [["journal", "print", "--se"], ["--session"]],
    [["ctl", "rel"], ["reload"]],
    [["ctl", "reload", "--d"], ["--dry-run"]],
    [
      ["run", "--log-format", ""],
      ["text", "json", "journald"],
    ],
    [["run", "--log-format", "jo"], ["journald"]],
    [["run", "--config", "g"], ["gateway one.toml"]],
    [["run", "--data", "d"], ["data"]],
    [["journal", "verify", "d"], ["data"]],
    [["soak", "--seconds", ""], []],
    [["profile", "--ma"], ["--main"]],
    [["completion", "x"], []],
  ])("%p", (words, offers) => expect(bashOffers(...words)).toEqual(offers));

  test("every command and every option of the table is offered where it stands", () => {
    for (const { name, options = {}, internal } of commands) {
      const words = name.split(" ");
      const shown = bashOffers(...words.slice(0, -1), "");
      expect(shown.includes(words.at(-1)!), name).toBe(internal !== true);
      if (internal === true) continue;
      const dashed = bashOffers(...words, "-");
      for (const key of Object.keys(options))
        expect(dashed).toContain(`--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
    }
  }, 60_000);
});

const zsh = Bun.which("zsh");

/** Words that zsh shows for a line, from a terminal of its own. */
function zshShows(line: string): string {
  const script = `
import os, pty, re, select, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.environ.update(TERM="dumb", ZDOTDIR=sys.argv[1], COLUMNS="200")
    os.execvp("zsh", ["zsh", "-f", "-i"])
def read(seconds):
    out = b""
    end = time.time() + seconds
    while time.time() < end:
        if select.select([fd], [], [], 0.1)[0]:
            try: out += os.read(fd, 65536)
            except OSError: break
    return out
read(1)
os.write(fd, b"autoload -U compinit && compinit -u -D; setopt no_list_ambiguous; bindkey '^I' expand-or-complete; source ./zsh\\n")
read(2)
os.write(fd, sys.argv[2].encode() + b"\\t\\t")
sys.stdout.write(read(2).decode("utf8", "replace"))
os.kill(pid, 9)
`;
  return Bun.spawnSync(["python3", "-c", script, folder, line], { cwd: folder }).stdout.toString();
}

describe.skipIf(zsh === null)("zsh", () => {
  test("reads the script without a fault", () => {
    const { exitCode, stderr } = Bun.spawnSync(["zsh", "-n", "./zsh"], { cwd: folder });
    expect([exitCode, stderr.toString()]).toEqual([0, ""]);
  });

  test.each<[line: string, shown: string]>([
    ["sallyport jou", "journal"],
    ["sallyport ctl rel", "reload"],
    ["sallyport run --log-format jo", "journald"],
    ["sallyport journal print --se", "--session"],
  ])("%p", (line, shown) => expect(zshShows(line)).toContain(shown), 30_000);
});

test("the script of zsh has every command and option", () => {
  const script = completionScript("zsh", commands);
  for (const { name, options = {}, internal, run } of commands) {
    if (internal === true || run === undefined) continue;
    expect(script).toContain(`'${name}') offers=(`);
    for (const key of Object.keys(options))
      expect(script).toContain(`'--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}:`);
  }
});

test("another shell is refused", () => {
  expect(sallyport("completion", "fish")).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: "sallyport completion: expected bash or zsh, got fish\n",
  });
  expect(sallyport("completion", "bash").stdout).toBe(completionScript("bash", commands));
});
