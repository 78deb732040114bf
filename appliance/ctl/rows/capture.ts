import type { CtlRow } from "../row.ts";

export const captureRows: readonly CtlRow[] = [
  {
    name: "profiles",
    summary: "captures on the disk; sallyport profile makes one",
    method: "GET",
    path: "/v1/profiles",
    list: "",
    columns: { name: "name", seconds: "seconds", bytes: "bytes", why: "why" },
  },
  {
    name: "collections",
    summary: "garbage collections of all threads",
    method: "GET",
    path: "/v1/collections",
    follow: "/v1/collections/stream",
    list: "",
    columns: {
      seenAt: "seen",
      thread: "thread",
      count: "count",
      stoodStillUs: "stood still µs",
      freedBytes: "freed bytes",
      heapBytes: "heap bytes",
    },
  },
];
