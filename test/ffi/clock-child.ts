import { monotonicNs } from "../../ffi/clock.ts";

/** Another process, asked for the time by clock.test.ts. */
console.log(monotonicNs());
