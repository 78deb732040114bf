import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tls from "../../ffi/tls.ts";

const HEADER = "/usr/include/openssl/ssl.h";
const compiler = Bun.which("cc");

test.skipIf(compiler === null || !existsSync(HEADER))(
  "constants of OpenSSL (needs its headers and a C compiler)",
  () => {
    const constants = Object.entries(tls).filter(
      ([name, value]) => /^(SSL|TLS|X509)/.test(name) && typeof value === "number",
    );
    expect(constants.length).toBeGreaterThan(20);
    const dir = mkdtempSync(join(tmpdir(), "sallyport-tls-abi-"));
    try {
      const lines = constants.map(([name]) => `printf("${name} %lld\\n", (long long)(${name}));`);
      const source = `#include <stdio.h>\n#include <openssl/ssl.h>\n#include <openssl/x509_vfy.h>\nint main(void){${lines.join("\n")}}\n`;
      writeFileSync(join(dir, "a.c"), source);
      const built = Bun.spawnSync([compiler!, "-o", join(dir, "a"), join(dir, "a.c")]);
      expect(built.stderr.toString()).toBe("");
      const ran = Bun.spawnSync([join(dir, "a")]).stdout.toString();
      expect(ran).toBe(constants.map(([name, value]) => `${name} ${value}\n`).join(""));
    } finally {
      rmSync(dir, { recursive: true });
    }
  },
);
