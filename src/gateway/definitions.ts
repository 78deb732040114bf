import { monotonicNs } from "../../ffi/clock.ts";
import { NONE, NS_PER_US } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import type { GatewayConfig } from "../config/schema.ts";
import { clearDefinition, putDefinition, readDefinition } from "../record/definition.ts";

/** A client session or a venue as its agent builds it, at the start or while the lane works. */
export interface Definition<Settings> {
  readonly name: string;
  readonly id: number;
  /** Of all client sessions, or of all venues. */
  readonly row: number;
  /** Among its agent's, by which the agent finds who may log on: the agent refuses another one. */
  readonly place: number;
  readonly settings: Settings;
}

/** Why one can't be the next of an agent that has `places`, or "". */
export function placeProblem({ place }: Pick<Definition<unknown>, "place">, places: number): string {
  return place === places ? "" : `expected place ${place} to be the next of its agent, got ${places}`;
}

export type ClientDefinition = Definition<GatewayConfig["client"]["sessions"][string]>;
export interface VenueDefinition extends Definition<GatewayConfig["venues"][string]> {
  /** Of one with TLS that a reload adds: the number of its first address. */
  readonly tlsTarget?: number | null;
}

/** The definition as the text that goes to a lane; what a lane does not need is left out. */
export function definitionText({ settings, ...definition }: ClientDefinition | VenueDefinition): string {
  const { allow: _, passwordHash: __, ...needed } = settings as ClientDefinition["settings"];
  return JSON.stringify({ ...definition, settings: needed });
}

/** Builds what the main thread has defined, on the lane. */
export class DefinedBuilder<D extends Pick<Definition<unknown>, "id">> {
  /** How long the last one took, microseconds. */
  tookUs = 0;

  constructor(
    private readonly views: Views,
    private readonly definitionAt: number,
    private readonly make: (definition: D) => number,
  ) {}

  /** Builds the session or venue of this id. Returns  its place among the agent's; NONE: it can't be built, and the text in the definition's place says why. */
  build(session: number): number {
    const { views, definitionAt } = this;
    const sinceNs = monotonicNs();
    try {
      const definition = JSON.parse(readDefinition(views, definitionAt)) as D;
      if (definition.id !== session)
        throw new Error(`expected the definition of session ${session}, got that of ${definition.id}`);
      const place = this.make(definition);
      clearDefinition(views, definitionAt);
      return place;
    } catch (error) {
      clearDefinition(views, definitionAt);
      putDefinition(views, definitionAt, (error as Error).message);
      return NONE;
    } finally {
      this.tookUs = Math.round((monotonicNs() - sinceNs) / NS_PER_US);
    }
  }

  /** The definition is of one that is there. */
  discard(): void {
    clearDefinition(this.views, this.definitionAt);
  }
}
