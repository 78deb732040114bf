import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { type Command, optionName } from "../../appliance/commands/command.ts";
import { commands } from "../../appliance/commands/table.ts";
import {
  keyPaths,
  tablePaths,
  withCtl,
  withKeys,
  withMonitoring,
  withOrders,
  withReload,
  withRisk,
} from "../../appliance/manual/keys.ts";
import { nearest } from "../../appliance/manual/manual.ts";
import { pages } from "../../appliance/manual/pages.ts";
import { terminalText } from "../../appliance/terminal/markdown.ts";
import * as reasons from "../../src/core/risk/reason-codes.ts";
import { reasonText } from "../../src/core/risk/reasons.ts";
import { executable, freePort, Gateway } from "../e2e/gateway.ts";
import { ROOT, sallyport } from "./sallyport.ts";

setDefaultTimeout(60_000);

const FOLDER = "appliance/manual";
/** README and every page, by its path in the repository. */
const texts: Record<string, string> = { "README.md": readFileSync(join(ROOT, "README.md"), "utf8") };
for (const [name, page] of Object.entries(pages)) texts[`${FOLDER}/${name}.md`] = page;
const all = Object.entries(texts);

/** Fenced and indented code, each with the words after its fence. */
function blocks(text: string): { info: string; lines: string[] }[] {
  const fenced = [...text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, info, code]) => ({
    info: info!,
    lines: code!.trimEnd().split("\n"),
  }));
  const indented = [...text.replaceAll(/^```.*\n[\s\S]*?^```$/gm, "").matchAll(/^ {4}(\S.*)$/gm)];
  return [...fenced, { info: "", lines: indented.map(([, line]) => line!) }];
}

/** Every command line and every name in code, without what a shell adds. */
function code(text: string): string[] {
  const lines = blocks(text).flatMap((block) => block.lines);
  const spans = [...text.replaceAll(/^```.*\n[\s\S]*?^```$/gm, "").matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!);
  return [...lines, ...spans]
    .map((line) => line.replace(/ +#.*$/, ""))
    .flatMap((line) => line.split(/ (?:&&|\|) /))
    .map((line) => line.replace(/ > \S+$/, "").trim());
}

/** The row that a command line of ours is about, and its words after the name; null where it is another program's. */
function read(line: string): { row: Command | undefined; rest: string[] } | null {
  const words = line.split(/\s+/);
  if (line.startsWith("npm start")) return { row: commands.find(({ name }) => name === "demo"), rest: words.slice(2) };
  if (!/^(?:dist\/)?sallyport$/.test(words[0]!)) return null;
  const rows = commands.filter(({ name }) =>
    words
      .slice(1)
      .join(" ")
      .match(new RegExp(`^${name}(?: |$)`)),
  );
  const row = rows.sort((a, b) => b.name.length - a.name.length)[0];
  return { row, rest: words.slice(1 + (row?.name.split(" ").length ?? 0)) };
}

const optionsOf = (row: Command): string[] => ["--help", ...Object.keys(row.options ?? {}).map(optionName)];
const OTHER_PROGRAMS = /^(?:npm|systemctl|openssl|useradd|bash) /;

describe("README and manual", () => {
  test("README is short", () => expect(texts["README.md"]!.split("\n").length).toBeLessThanOrEqual(201));

  test("README names every page, and every command in its table", () => {
    const readme = texts["README.md"]!;
    expect(Object.keys(pages).filter((name) => !readme.includes(`](${FOLDER}/${name}.md)`))).toEqual([]);
    const names = commands.flatMap(({ name, internal }) => (internal === true ? [] : [name.split(" ")[0]!]));
    expect(names.filter((name) => !new RegExp(`^\\|.*\`sallyport ${name}[ \`]`, "m").test(readme))).toEqual([]);
  });

  test("the executable carries every page that there is", () => {
    const files = readdirSync(join(ROOT, FOLDER)).filter((file) => file.endsWith(".md"));
    expect(Object.keys(pages).sort()).toEqual(files.map((file) => file.slice(0, -3)).sort());
  });

  test.each(all)("%s: every link leads to a file", (path, text) => {
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target!);
    expect(links.filter((target) => !existsSync(join(ROOT, dirname(path), target)))).toEqual([]);
  });

  test.each(all)("%s: commands, options and pages exist", (_, text) => {
    const wrong: string[] = [];
    const known = new Set(commands.flatMap(optionsOf));
    for (const line of code(text)) {
      const found = read(line);
      if (found === null) {
        const options = line.match(/(?<![\w-])--[a-z][\w-]*/g) ?? [];
        if (!OTHER_PROGRAMS.test(line)) wrong.push(...options.filter((option) => !known.has(option)));
        continue;
      }
      const { row, rest } = found;
      if (row === undefined) {
        if (!["", "--help", "--version", "COMMAND --help"].includes(rest.join(" ")) && !line.endsWith(": ready"))
          wrong.push(line);
        continue;
      }
      const options = rest.filter((word) => word.startsWith("--") && word !== "--");
      wrong.push(...options.filter((option) => !optionsOf(row).includes(option)).map((option) => `${line}: ${option}`));
      if (row.name === "manual" && rest.length > 0 && !/^[A-Z]+$/.test(rest[0]!) && pages[rest[0]!] === undefined)
        wrong.push(line);
    }
    expect(wrong).toEqual([]);
  });

  test("name every command of the table and every option, and each command names its page", () => {
    const lines = all.flatMap(([, text]) => code(text));
    const used = lines.map(read).filter((found) => found?.row !== undefined);
    const rows = commands.filter(({ run }) => run !== undefined);
    expect(rows.filter((row) => !used.some((found) => found!.row === row)).map(({ name }) => name)).toEqual([]);
    const words = new Set(lines.flatMap((line) => line.match(/(?<![\w-])--[a-z][\w-]*/g) ?? []));
    expect([...new Set(rows.flatMap(optionsOf))].filter((option) => !words.has(option))).toEqual([]);
    for (const { name, page } of commands) expect(pages[page], name).toContain(`sallyport ${name}`);
  });
});

describe("configuration", () => {
  test("the table of keys is that of the schema; npm run manual renews it", () => {
    expect(withKeys(pages.configuration!)).toBe(pages.configuration!);
    expect(withReload(pages.configuration!)).toBe(pages.configuration!);
    expect(withCtl(pages.api!)).toBe(pages.api!);
    expect(withMonitoring(pages.monitoring!)).toBe(pages.monitoring!);
    expect(withRisk(pages.risk!)).toBe(pages.risk!);
    expect(withOrders(pages.orders!)).toBe(pages.orders!);
  });

  test("the table has every key, and the example explains every key", () => {
    const example = readFileSync(join(ROOT, "appliance/gateway.toml"), "utf8");
    const missing = keyPaths().filter((path) => {
      const key = path.split(".").at(-1)!;
      return !new RegExp(`^[# ]*(?:[\\w.]*\\b${key} = |\\[+[\\w.]*${key}\\b)`, "m").test(example);
    });
    expect(keyPaths().length).toBeGreaterThan(100);
    expect(missing).toEqual([]);
    for (const path of keyPaths()) expect(pages.configuration).toContain(`| \`${path.split(".").at(-1)}\` |`);
  });

  test.each(all)("%s: keys and tables that are named exist", (_, text) => {
    const tops = tablePaths().filter((path) => !path.includes("."));
    const paths = new Set([
      ...keyPaths(),
      ...tablePaths(),
      ...tops,
      "venues",
      "symbols",
      "calendars",
      "client.sessions",
      "risk.restricted",
      "venues.NAME.symbols",
    ]);
    const keys = new Set(keyPaths().map((path) => path.split(".").at(-1)!));
    const wrong: string[] = [];
    for (const span of code(text)) {
      const table = /^\[+([a-z]+(?:\.\w+)*)\]+$/.exec(span)?.[1];
      if (table !== undefined && !paths.has(table)) wrong.push(span);
      const path = /^([a-z]+)\.\w+(?:\.\w+)*$/.exec(span);
      if (
        path !== null &&
        [...paths].some((known) => known.split(".")[0] === path[1]) &&
        !paths.has(span) &&
        !existsSync(join(ROOT, "appliance", span)) &&
        !/\.(?:toml|json|sig|sha256)$/.test(span)
      )
        wrong.push(span);
      const assigned = /^([a-z]+(?:[A-Z]\w*)?(?:\.\w+)?) = /.exec(span)?.[1];
      if (assigned !== undefined && !keys.has(assigned.split(".").at(-1)!) && !assigned.startsWith("kernel."))
        wrong.push(span);
    }
    expect(wrong).toEqual([]);
  });
});

describe("reason codes", () => {
  /** The core's, by its numbers, and what stands as a text in the sources: a code, a space and its name. */
  function known(): Set<string> {
    const codes = new Set<string>();
    for (const number of Object.values(reasons))
      if (typeof number === "number" && number !== reasons.ACCEPTED && number !== reasons.DROPPED)
        codes.add(reasonText(number));
    for (const file of readdirSync(join(ROOT, "src"), { recursive: true }) as string[]) {
      if (!file.endsWith(".ts")) continue;
      const source = readFileSync(join(ROOT, "src", file), "utf8");
      for (const [, found] of source.matchAll(/"([A-Z]{4,8}-\d{3} [A-Z_]+)\b/g)) codes.add(found!);
    }
    return codes;
  }

  test("the page risk has every code there is, each with what it means and what to do, and no other", () => {
    const rows = [...pages.risk!.matchAll(/^\| `([A-Z]+-\d{3} [A-Z_]+)` \| (\S.*?) \| (\S.*?) \|$/gm)];
    const codes = rows.map(([, name]) => name!);
    expect(known().size).toBeGreaterThan(30);
    expect([...codes].sort()).toEqual([...known()].sort());
  });

  test.each(all)("%s: codes that are named exist", (_, text) => {
    const numbers = new Set([...known()].map((name) => name.split(" ")[0]!));
    const named = [...text.matchAll(/\b[A-Z]{4,8}-\d{3}\b(?: [A-Z]{2,}_[A-Z_]+)?/g)].map(([found]) => found);
    expect(named.filter((one) => !(one.includes(" ") ? known().has(one) : numbers.has(one)))).toEqual([]);
  });
});

describe("commands that are marked to run", () => {
  const gateway = new Gateway();
  const directory = gateway.directory;

  // A journal of a run that has ended, a configuration, and the executable on the PATH.
  beforeAll(async () => {
    mkdirSync(join(directory, "bin"));
    symlinkSync(executable(), join(directory, "bin/sallyport"));
    const example = readFileSync(join(ROOT, "appliance/gateway.toml"), "utf8");
    const exchange = freePort();
    writeFileSync(
      gateway.configFile,
      example
        .replaceAll("127.0.0.1:9001", `127.0.0.1:${gateway.clientPort}`)
        .replaceAll("127.0.0.1:9101", `127.0.0.1:${exchange}`)
        .replace('# data = "./sallyport-data"', `data = "${gateway.data}"`)
        .replace("# segmentMiB = 32", "segmentMiB = 4"),
    );
    await gateway.start();
    await gateway.said("venue SIM: up");
    expect(await gateway.stop()).toBe(0);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const runnable = all.flatMap(([path, text]) =>
    blocks(text).flatMap(({ info, lines }, i) =>
      info === "sh run" ? [[`${path} ${i}`, lines.join("\n")] as const] : [],
    ),
  );

  test("are there", () => expect(runnable.length).toBeGreaterThan(8));

  test.each(runnable)("%s", (_, script) => {
    const place = mkdtempSync(join(directory, "run-"));
    copyFileSync(gateway.configFile, join(place, "gateway.toml"));
    symlinkSync(gateway.data, join(place, "sallyport-data"));
    const child = Bun.spawnSync(["bash", "-euo", "pipefail", "-c", script], {
      cwd: place,
      env: { ...process.env, PATH: `${join(directory, "bin")}:${process.env.PATH}` },
      timeout: 50_000,
    });
    expect(child.exitCode, child.stderr.toString()).toBe(0);
    expect(child.stdout.length).toBeGreaterThan(0);
  });
});

describe("sallyport manual", () => {
  test("lists the pages", () => {
    const ended = sallyport("manual");
    expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
    expect(
      ended.stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.split(" ")[0]),
    ).toEqual(Object.keys(pages));
  });

  test("prints a page as it is where nobody looks", () => {
    expect(sallyport("manual", "risk")).toEqual({ exitCode: 0, stdout: `${pages.risk!.trimEnd()}\n`, stderr: "" });
  });

  test("the executable carries it", () => {
    const { stdout } = Bun.spawnSync([executable(), "manual", "risk"], { cwd: "/" });
    expect(stdout.toString()).toBe(`${pages.risk!.trimEnd()}\n`);
  });

  test("names the nearest page", () => {
    const ended = sallyport("manual", "jornal");
    expect(ended).toMatchObject({ exitCode: 2, stdout: "" });
    expect(ended.stderr).toStartWith(
      "sallyport manual: no page 'jornal' (Did you mean journal?); expected: configuration, ",
    );
    expect(nearest("upgrade", Object.keys(pages))).toBe("upgrades");
    expect(nearest("constructor", Object.keys(pages))).not.toBe("constructor");
  });

  test.each(Object.entries(pages))(
    "%s is readable on a terminal: no marks, no line too long, no word lost",
    (_, page) => {
      const text = terminalText(page, 80);
      const plain = Bun.stripANSI(text);
      const prose = plain.split("\n").filter((line) => !line.startsWith("    "));
      expect(prose.filter((line) => Bun.stringWidth(line) > 80 && line.trim().includes(" "))).toEqual([]);
      expect(plain).not.toMatch(/^#{1,4} |^\||\*\*\w|\w\*\*|^```|<!--/m);
      const words = (source: string): string[] => source.match(/[A-Za-z]{3,}/g) ?? [];
      const lost = new Set(words(page.replaceAll(/<!--.*?-->|\]\([^)]*\)|```sh run/g, "")));
      for (const word of words(plain)) lost.delete(word);
      expect([...lost]).toEqual([]);
    },
  );
});
