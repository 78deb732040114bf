import { choice, table, whole } from "./fields.ts";

export const throttle = table(
  "Most requests that the venue's session takes. Session messages are not counted; orders that are sent again are.",
  {
    messages: whole("Most requests within any window; 0: any number.", 0, 100_000, { default: 0 }),
    windowMs: whole("Length of the window, milliseconds.", 1, 60_000, { default: 1_000 }),
    mode: choice(
      "What becomes of a new order or replace above that: reject refuses it, queue lets it wait. A cancel waits in both modes, before all others.",
      ["reject", "queue"],
      { default: "reject" },
    ),
    queueLength: whole("Most new orders and replaces that wait; more are refused.", 1, 1_024, { default: 256 }),
    expireMs: whole("A new order or replace that has waited this long is refused, milliseconds.", 1, 600_000, {
      default: 1_000,
    }),
    cancels: whole("Most cancels that wait; only beyond these a cancel is refused.", 1, 8_192, { default: 4_096 }),
  },
);
