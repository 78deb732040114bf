import { afterAll, expect, test } from "bun:test";
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireTrust } from "../../../appliance/upgrade/trust.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { SMALL } from "../../config/small.ts";
import { ROOT } from "../sallyport.ts";

const DIR = mkdtempSync(join(tmpdir(), "sallyport-trust-"));
afterAll(() => rmSync(DIR, { recursive: true }));
const BYTES = new TextEncoder().encode("an executable");
const SUM = new Bun.CryptoHasher("sha256").update(BYTES).digest("hex");

let files = 0;
/** A file with what speaks for it beside it. */
function offered(beside: { sig?: Uint8Array; sha256?: string }): string {
  const file = join(DIR, `file${++files}`);
  if (beside.sig !== undefined) writeFileSync(`${file}.sig`, beside.sig);
  if (beside.sha256 !== undefined) writeFileSync(`${file}.sha256`, beside.sha256);
  return file;
}

const pair = () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  return { publicKey: publicKey.export({ format: "der", type: "spki" }).toString("base64"), privateKey };
};
const ours = pair();
const theirs = pair();

test("without a key a checksum speaks for a file, from beside it or from the command line", () => {
  expect(requireTrust(offered({ sha256: `${SUM}  file\n` }), BYTES, {})).toBe(`checksum matches (sha256 ${SUM})`);
  expect(requireTrust(offered({}), BYTES, { sha256: SUM.toUpperCase() })).toBe(`checksum matches (sha256 ${SUM})`);
  expect(() => requireTrust(offered({}), BYTES, {})).toThrow("nothing says that it is genuine");
  const wrong = SUM.replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
  expect(() => requireTrust(offered({ sha256: wrong }), BYTES, {})).toThrow("not the file that was published");
  expect(() => requireTrust(offered({ sha256: "hello" }), BYTES, {})).toThrow("64 hexadecimal digits");
});

test("with a key only its signature over these bytes does", () => {
  const { publicKey, privateKey } = ours;
  const sig = sign(null, BYTES, privateKey);
  expect(requireTrust(offered({ sig }), BYTES, { publicKey })).toBe("signed by the key of upgrade.publicKey");
  const other = "not that of upgrade.publicKey over this file";
  expect(() => requireTrust(offered({ sig: sign(null, BYTES, theirs.privateKey) }), BYTES, { publicKey })).toThrow(
    other,
  );
  expect(() => requireTrust(offered({ sig }), BYTES.with(0, 0), { publicKey })).toThrow(other);
  expect(() => requireTrust(offered({ sig: sig.subarray(1) }), BYTES, { publicKey })).toThrow(
    "63 bytes; expected the 64",
  );
});

test("a bad signature is refused alone, and also beside a checksum that matches", () => {
  const { publicKey, privateKey } = ours;
  const other = "not that of upgrade.publicKey over this file";
  const bad = sign(null, new TextEncoder().encode("another"), privateKey);
  expect(() => requireTrust(offered({ sig: bad }), BYTES, { publicKey })).toThrow(other);
  expect(() => requireTrust(offered({ sig: bad, sha256: SUM }), BYTES, { publicKey })).toThrow(other);
  const sig = sign(null, BYTES, privateKey);
  expect(requireTrust(offered({ sig, sha256: SUM }), BYTES, { publicKey })).toBe(
    `signed by the key of upgrade.publicKey, and its checksum matches (sha256 ${SUM})`,
  );
});

test("without a key a signature is not checked, and that is said", () => {
  const file = offered({ sig: sign(null, BYTES, ours.privateKey), sha256: SUM });
  expect(requireTrust(file, BYTES, {})).toBe(
    `checksum matches (sha256 ${SUM}); ${file}.sig is not checked without upgrade.publicKey`,
  );
});

test("with a key a checksum alone is not enough, and a wrong one is still wrong", () => {
  const { publicKey, privateKey } = ours;
  expect(() => requireTrust(offered({ sha256: SUM }), BYTES, { publicKey })).toThrow("a checksum is not enough");
  const sig = sign(null, BYTES, privateKey);
  expect(() => requireTrust(offered({ sig }), BYTES, { publicKey, sha256: "0".repeat(64) })).toThrow("expected 0000");
});

test("a key in the configuration is one of Ed25519, or an error that says what is expected", () => {
  const withKey = (key: string) => loadConfig(`${SMALL}\n[upgrade]\npublicKey = "${key}"\n`, "gateway.toml");
  expect(withKey(ours.publicKey).config?.upgrade).toEqual({ publicKey: ours.publicKey, sessionsWithinS: 60 });
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const [problem] = withKey(publicKey.export({ format: "der", type: "spki" }).toString("base64")).problems!;
  expect(problem?.where).toBe("upgrade.publicKey");
  expect(problem?.what).toContain("the 60 characters between the lines");
});

/** The commands of the manual, as they stand there. */
function documented(): string[] {
  const text = readFileSync(join(ROOT, "appliance/manual/upgrades.md"), "utf8");
  const lines = text.split("\n").filter((line) => /^ {4}openssl /.test(line));
  return lines.map((line) => line.trim().replace(/\s+#.*$/, ""));
}

test.skipIf(Bun.which("openssl") === null)("what the manual has openssl do is a signature that is taken", () => {
  const commands = documented();
  expect(commands).toHaveLength(3);
  const file = join(DIR, "sallyport");
  writeFileSync(file, BYTES);
  let said = "";
  for (const command of commands) {
    const { exitCode, stdout, stderr } = Bun.spawnSync(["sh", "-c", command], { cwd: DIR });
    expect({ command, exitCode, stderr: exitCode === 0 ? "" : stderr.toString() }).toEqual({
      command,
      exitCode: 0,
      stderr: "",
    });
    said += stdout.toString();
  }
  const publicKey = said.split("\n").find((line) => line.startsWith("MCow"))!;
  expect(requireTrust(file, BYTES, { publicKey })).toBe("signed by the key of upgrade.publicKey");
  expect(() => requireTrust(file, BYTES.with(1, 0), { publicKey })).toThrow("is not that of upgrade.publicKey");
});
