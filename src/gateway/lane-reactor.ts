import type { Views } from "../base/views.ts";
import type { Codec } from "../fix/wire/codec.ts";
import { MAIN_WAKEUP_WORD } from "../lane/words.ts";
import { Input } from "../net/input.ts";
import type { Network } from "../net/network.ts";
import { Reactor } from "../net/reactor.ts";
import { MainWakeup } from "../ring/main-wakeup.ts";
import { laneBuffers } from "./lane-buffers.ts";
import type { LaneData } from "./lane-data.ts";

/** Listeners and connections that are being refused. */
const BESIDES = 64;

/** What a lane has its connections in: room for all that the configuration allows, set up as it says. */
export function laneReactor(data: LaneData, views: Views, codec: Codec, network: Network): Reactor {
  const { config, plan, lane, spins, poolAddress } = data;
  const { client, venues, exchange, sockets } = config;
  const connections = client.maxConnections + Object.keys(venues).length + (exchange?.sessions.length ?? 0);
  const mainWakeup = new MainWakeup(views.ints, (plan.lanes[lane]!.wordsAt >> 2) + MAIN_WAKEUP_WORD);
  const buffers = laneBuffers(views, plan, lane, poolAddress, mainWakeup);
  const input = new Input(codec.input, codec.inputAddress);
  return new Reactor(connections + BESIDES, spins, network, buffers, sockets, input);
}
