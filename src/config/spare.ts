import { whole } from "./fields.ts";

/** Places that a reload fills while the gateway runs. */
export const spareSessions = whole(
  "Client sessions that a reload may add until the next start; each dynamic session counts as one. Their places in shared memory are laid out at the start.",
  0,
  1_024,
  { default: 8 },
);

export const spareVenues = whole(
  "Venues that a reload may add until the next start. Their places in shared memory are laid out at the start.",
  0,
  64,
  { default: 2 },
);
