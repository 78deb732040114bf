const OK = 0;
const FAILED = 1;
const LONGEST = 256;

/**
 * Reads a password from standard input, without echo on a terminal, and prints its salted hash (argon2id).
 * Returns  the process's exit code.
 */
export async function hashPassword(): Promise<number> {
  const password = process.stdin.isTTY ? await ask() : (await Bun.stdin.text()).replace(/\r?\n$/, "");
  if (!/^[\x20-\x7e]+$/.test(password) || password.length > LONGEST) {
    console.error(`sallyport: expected one line of 1 to ${LONGEST} printable ASCII characters on the standard input`);
    return FAILED;
  }
  console.log(await Bun.password.hash(password, { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 }));
  return OK;
}

/** Reads one line from the terminal without echo. */
async function ask(): Promise<string> {
  process.stderr.write("Password: ");
  process.stdin.setRawMode(true);
  let line = "";
  try {
    for await (const chunk of process.stdin) {
      for (const character of String(chunk)) {
        if (character === "\r" || character === "\n") return line;
        if (character === "\x03" || character === "\x04") return "";
        line = character === "\x7f" ? line.slice(0, -1) : line + character;
      }
    }
    return line;
  } finally {
    process.stdin.setRawMode(false);
    process.stderr.write("\n");
  }
}
