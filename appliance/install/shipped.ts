import dropIn from "../../systemd/60-sallyport.conf" with { type: "text" };
import service from "../../systemd/sallyport.service" with { type: "text" };
import realtime from "../../systemd/sallyport.service.d/realtime.conf" with { type: "text" };
import rescue from "../../systemd/sallyport-rescue.service" with { type: "text" };
import sysusers from "../../systemd/sallyport-sysusers.conf" with { type: "text" };
import tmpfiles from "../../systemd/sallyport-tmpfiles.conf" with { type: "text" };
import tune from "../../systemd/sallyport-tune.service" with { type: "text" };
import example from "../gateway.toml" with { type: "text" };
import { CONFIG, DROP_IN, REALTIME, RESCUE_SERVICE, SERVICE, TUNE_SERVICE, UNITS } from "./places.ts";

/** A file to install. */
export interface Shipped {
  readonly place: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
  /** Readable by the service's group, not by others. */
  readonly secret?: boolean;
}

const SYSUSERS = "/etc/sysusers.d/sallyport.conf";
const TMPFILES = "/etc/tmpfiles.d/sallyport.conf";

/** Embedded files for the machine; the user's definition first, because the user owns others. */
export function shippedFiles(): Shipped[] {
  const encoder = new TextEncoder();
  const file = (place: string, text: string, more = {}): Shipped => ({
    place,
    bytes: encoder.encode(text),
    mode: 0o644,
    ...more,
  });
  return [
    file(SYSUSERS, sysusers),
    file(TMPFILES, tmpfiles),
    // It may contain passwords of venues.
    file(CONFIG, example, { mode: 0o640, secret: true }),
    file(`${UNITS}/${SERVICE}`, service),
    file(`${UNITS}/${TUNE_SERVICE}`, tune),
    file(`${UNITS}/${RESCUE_SERVICE}`, rescue),
    // An example: systemd does not read this name.
    file(REALTIME, realtime),
    file(DROP_IN, dropIn),
  ];
}
