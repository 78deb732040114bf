import { NONE } from "../../base/units.ts";
import type { CoreConfig } from "../tables.ts";

/** Which venue gets a symbol's orders, and which venues can take any now. */
export class Routes {
  private readonly venueOf: Int32Array;
  private readonly up: Uint8Array;

  constructor(config: CoreConfig, symbolCapacity: number) {
    this.venueOf = new Int32Array(symbolCapacity).fill(NONE);
    this.up = new Uint8Array(config.venueIds);
    for (let i = 0; i < config.symbols.length; i++) {
      const wanted = config.symbols[i]!.venue;
      this.venueOf[i] = venueId(config, wanted === null ? config.defaultVenue : wanted);
    }
  }

  /** The venue's id, or NONE. */
  venue(symbol: number): number {
    return this.venueOf[symbol]!;
  }

  isUp(venue: number): boolean {
    return venue >= 0 && venue < this.up.length && this.up[venue] === 1;
  }

  setUp(venue: number, up: boolean): void {
    if (venue >= 0 && venue < this.up.length) this.up[venue] = up ? 1 : 0;
  }

  /** After a restart every venue is down, whatever the journal's last state was. */
  allDown(): void {
    this.up.fill(0);
  }
}

function venueId(config: CoreConfig, name: string | null): number {
  if (name === null) return NONE;
  for (let i = 0; i < config.venues.length; i++) if (config.venues[i]!.name === name) return config.venues[i]!.id;
  throw new Error("venue " + name + ": expected one of the configured venues");
}
