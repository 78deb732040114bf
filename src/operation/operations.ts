import type { SystemOperations } from "./system.ts";

/** What an operator sees of a running gateway and does to it; the gateway implements it on its main thread. */
export interface Operations {
  readonly system: SystemOperations;
}
