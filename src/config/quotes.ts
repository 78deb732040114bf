import { Type } from "@sinclair/typebox";
import { decimal, table, whole } from "./fields.ts";

const MOST_SILENT_MS = 86_400_000;

/** The table `quotes`. */
export const quotes = table(
  "Quotes for reference prices, as lines of text: SYMBOL,bid,ask[,last][,milliseconds since 1970].",
  {
    socket: Type.Optional(
      Type.String({
        description: "Unix socket on which it takes them; its directory must be there. Default: none.",
        minLength: 1,
        maxLength: 100,
      }),
    ),
    file: Type.Optional(
      Type.String({
        description: "File that it follows, also when another one takes its place. Default: none.",
        minLength: 1,
        maxLength: 1024,
      }),
    ),
    everyMs: whole(
      "Shortest time between two quotes of one symbol that the core is given, and the journal keeps, milliseconds.",
      100,
      60_000,
      { default: 1_000 },
    ),
    movePercent: decimal(
      "A quote is given to the core once the price has moved so far since the last one that it has; and when that is half as old as it may be.",
      { places: 4, max: 100, from: "zero" },
      { default: 0.1 },
    ),
    silentMs: Type.Optional(
      whole("Time without a quote after which there is an alarm, milliseconds. Default: never.", 100, MOST_SILENT_MS),
    ),
  },
);
