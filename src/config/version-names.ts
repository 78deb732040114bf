import { choice } from "./fields.ts";

/** As in `fix/version`. */
export const VERSIONS = [
  "FIX.4.0",
  "FIX.4.1",
  "FIX.4.2",
  "FIX.4.3",
  "FIX.4.4",
  "FIX.5.0",
  "FIX.5.0SP1",
  "FIX.5.0SP2",
] as const;
export type FixVersionName = (typeof VERSIONS)[number];

export const version = choice("FIX version of the session; FIX.5.0 and later run over FIXT.1.1.", [...VERSIONS], {
  default: "FIX.4.4",
});
