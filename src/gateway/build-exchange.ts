import { buildExchange as buildExchangeAgent } from "../exchange/build.ts";
import type { LaneContext } from "./lane-context.ts";
import type { BuiltAgent } from "./poll-order.ts";

/** Builds the built-in exchange. */
export function buildExchange(lane: LaneContext): BuiltAgent {
  const exchange = lane.data.config.exchange!;
  const agent = buildExchangeAgent({
    exchange,
    listen: () => lane.listen("exchange", exchange.listen),
    reactor: lane.reactor,
    scan: lane.scan,
    time: lane.time,
    birth: Math.floor(Date.now() / 1000),
    messageBytes: lane.messageBytes,
  });
  return { kind: "exchange", agent, afterCore: null };
}
