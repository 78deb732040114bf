import { afterEach, expect, test } from "bun:test";
import { ApiFailure } from "../../src/admin/failure.ts";
import { LiveFeed, MOST_LISTENERS } from "../../src/admin/live-feed.ts";
import { until, within } from "../eventually.ts";

const feeds: LiveFeed[] = [];

afterEach(() => {
  for (const feed of feeds.splice(0)) feed.stop("the test ends");
});

/** A feed that numbers its documents; `built` says how many there were. */
function made(): { feed: LiveFeed; built: () => number } {
  let count = 0;
  const feed = new LiveFeed(() => ({ number: ++count }));
  feeds.push(feed);
  return { feed, built: () => count };
}

function events(response: Response): { next: () => Promise<string>; cancel: () => Promise<void> } {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const next = async (): Promise<string> => (await within("an event", reader.read())).value ?? "end of stream";
  return { next, cancel: () => reader.cancel() };
}

test("a listener has a document at once, and one each second; it is built once for all", async () => {
  const { feed, built } = made();
  const response = feed.listen();
  expect(response.headers.get("content-type")).toStartWith("text/event-stream");
  const one = events(response);
  const other = events(feed.listen());
  expect([await one.next(), await other.next()]).toEqual(['data: {"number":1}\n\n', 'data: {"number":2}\n\n']);
  const began = performance.now();
  expect([await one.next(), await other.next()]).toEqual(['data: {"number":3}\n\n', 'data: {"number":3}\n\n']);
  expect(performance.now() - began).toBeGreaterThan(500);
  expect(built()).toBe(3);
});

test("nothing is built while nobody listens", async () => {
  const { feed, built } = made();
  const { next, cancel } = events(feed.listen());
  await next();
  await cancel();
  expect(feed.listenerCount).toBe(0);
  const before = built();
  await Bun.sleep(1_200);
  expect(built()).toBe(before);
});

test("more listeners than may be are refused, until one leaves", async () => {
  const { feed } = made();
  const all = Array.from({ length: MOST_LISTENERS }, () => events(feed.listen()));
  let refused: unknown;
  try {
    feed.listen();
  } catch (error) {
    refused = error;
  }
  expect(refused).toBeInstanceOf(ApiFailure);
  expect((refused as ApiFailure).message).toBe("expected at most 32 listeners at once, got one more");
  await all[0]!.cancel();
  await until("room", () => feed.listenerCount < MOST_LISTENERS);
  feed.listen();
});

test("a listener that does not read is ended with a word, and others are not", async () => {
  const { feed } = made();
  const slow = feed.listen();
  const fast = events(feed.listen());
  let last = "";
  await until("the slow one's end", async () => {
    last = await fast.next();
    return feed.listenerCount === 1;
  });
  expect(last).toStartWith("data: ");
  const text = await slow.text();
  expect(text.split("\n\n").filter((one) => one.startsWith("data: "))).toHaveLength(8);
  expect(text).toEndWith(
    "event: end\ndata: expected a reader that takes an event a second, got one that has left 8\n\n",
  );
}, 30_000);

test("a stop ends every stream and says so", async () => {
  const { feed } = made();
  const { next } = events(feed.listen());
  await next();
  feed.stop("the configuration was read again");
  expect(await next()).toBe("event: end\ndata: the configuration was read again\n\n");
  expect(await next()).toBe("end of stream");
});
