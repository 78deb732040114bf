// The `systemctl` of an Overseer: `systemctl.ts SOCKET WORD…` hands the words over and says what came back.
const [socket = "", ...words] = process.argv.slice(2);
const response = await fetch("http://localhost/", {
  unix: socket,
  method: "POST",
  body: JSON.stringify(words),
  // A start may take long.
  signal: AbortSignal.timeout(60_000),
});
const { code, out, err } = (await response.json()) as { code: number; out: string; err: string };
process.stdout.write(out);
process.stderr.write(err);
process.exit(code);
