// Another program on the same machine during a bench: busy for 2 ms of every 10, on any CPU of the scheduler's choice. It
// ends by itself after a time limit.
const BUSY_NS = 2_000_000;
const REST_MS = 8;
const ENDS_NS = Bun.nanoseconds() + 600e9;

while (Bun.nanoseconds() < ENDS_NS) {
  const until = Bun.nanoseconds() + BUSY_NS;
  while (Bun.nanoseconds() < until) {}
  await Bun.sleep(REST_MS);
}
