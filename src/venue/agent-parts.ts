import type { LaneTime } from "../base/lane-time.ts";
import type { VenueId } from "../fix/orders/venue-id.ts";
import type { FixSession } from "../fix/session/session.ts";
import type { Codec } from "../fix/wire/codec.ts";
import type { Scanner } from "../fix/wire/scan.ts";
import type { StreamWriter } from "../journal/writer.ts";
import type { Reactor } from "../net/reactor.ts";
import type { Stream } from "../net/stream.ts";
import type { OneToOne } from "../ring/one-to-one.ts";
import type { GroupRings } from "../session/group-rings.ts";
import type { Link } from "../session/link.ts";
import type { AnswerStages } from "../session/link-stages.ts";
import type { OperatorCommandsParts } from "../session/operator-commands.ts";
import type { EventWriter } from "../telemetry/events.ts";
import type { Venue } from "./venue.ts";

export interface VenueAgentParts {
  readonly name: string;
  /** By place, each with its link and its stream; more may be added, up to `places`. */
  readonly venues: readonly Venue[];
  readonly links: readonly Link<FixSession>[];
  readonly streams: readonly Stream[];
  readonly places: number;
  readonly requests: OneToOne;
  readonly reports: OneToOne;
  readonly groups: GroupRings;
  readonly journal: StreamWriter;
  readonly reactor: Reactor;
  readonly scan: Scanner;
  /** Works in the memory of the rings. */
  readonly codec: Codec;
  readonly ids: VenueId;
  readonly events: EventWriter;
  readonly time: LaneTime;
  /** Journal room that one message in or out may need: its entry, an answer's and an event's. */
  readonly roomBytes: number;
  /** The words of the venues' states, by index in `venues`. */
  readonly ints: Int32Array;
  readonly stateWords: readonly number[];
  /** Where the rows of the venues are (telemetry/session-rows.ts), by index in `venues`. */
  readonly rowsAt: readonly number[];
  readonly operator: OperatorCommandsParts;
  /** Measures the venues' answers; null: nobody does. */
  readonly stages: AnswerStages | null;
}
