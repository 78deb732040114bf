// A reader of the journal that never has an answer.
await Bun.stdin.bytes();
await Bun.sleep(60_000);
