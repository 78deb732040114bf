import { Views } from "../../src/base/views.ts";
import { ROW_MESSAGES_IN, ROW_NEXT_IN, SessionRowWriter } from "../../src/telemetry/session-rows.ts";

declare const self: Worker;

// Writes a row again and again for two seconds; all of it says the same number.
self.onmessage = ({ data }: MessageEvent<SharedArrayBuffer>) => {
  const writer = new SessionRowWriter(new Views(data));
  const id = new Uint8Array(4).fill(0x30);
  const end = performance.now() + 2000;
  for (let value = 1; performance.now() < end; value++) {
    id[0] = 0x30 + (value % 10);
    writer.begin(0);
    writer.int(ROW_NEXT_IN, value);
    writer.compId(id);
    writer.number(ROW_MESSAGES_IN, value);
    writer.end();
  }
};
