import { Configured } from "../../core/configured.ts";
import type { OrderScan } from "../../core/order-scan.ts";
import type { StateReader } from "../../core/state-reader.ts";
import type { JournalNames } from "../../journal/store/names.ts";

type Ids = Readonly<Record<string, number>>;

/** What the core knows, with the names that its ids have. Read while it works; for a gateway whose lanes run. */
export class CoreState {
  readonly sessionIds: Ids;
  readonly venueIds: Ids;
  private sessionNames: ReadonlyMap<number, string>;
  private venueNames: ReadonlyMap<number, string>;
  private scanned: OrderScan | null = null;
  private configuredNow: Configured | null = null;

  constructor(
    private readonly state: () => StateReader | null,
    { clients, venues }: Pick<JournalNames, "clients" | "venues">,
  ) {
    this.sessionIds = clients;
    this.venueIds = venues;
    this.sessionNames = byId(clients);
    this.venueNames = byId(venues);
  }

  get reader(): StateReader {
    const reader = this.state();
    if (reader === null) throw new Error("expected lanes that run, got a gateway that still starts");
    return reader;
  }

  get scan(): OrderScan {
    this.scanned ??= this.reader.orderScan();
    return this.scanned;
  }

  /** What the core has as configured now. */
  get configured(): Configured {
    this.configuredNow ??= new Configured(this.reader);
    return this.configuredNow;
  }

  sessionName(id: number): string {
    // A reload may have given more ids.
    if (!this.sessionNames.has(id)) this.sessionNames = byId(this.sessionIds);
    return this.sessionNames.get(id) ?? `#${id}`;
  }

  /** Null for an order that never went to a venue. */
  venueName(id: number): string | null {
    if (id < 0) return null;
    // A reload gives ids to new ones.
    if (!this.venueNames.has(id)) this.venueNames = byId(this.venueIds);
    return this.venueNames.get(id) ?? `#${id}`;
  }
}

function byId(ids: Ids): ReadonlyMap<number, string> {
  return new Map(Object.entries(ids).map(([name, id]) => [id, name]));
}
