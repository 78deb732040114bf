// Another program on the same machine, as a bench starts it beside what it measures: busy for 2 ms of every 10, on whatever
// CPU the scheduler gives it. It ends by itself where nobody ends it.
const BUSY_NS = 2_000_000;
const REST_MS = 8;
const ENDS_NS = Bun.nanoseconds() + 600e9;

while (Bun.nanoseconds() < ENDS_NS) {
  const until = Bun.nanoseconds() + BUSY_NS;
  while (Bun.nanoseconds() < until) {}
  await Bun.sleep(REST_MS);
}
