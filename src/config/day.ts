import { Type } from "@sinclair/typebox";
import { table } from "./fields.ts";

const file = (description: string) => Type.Optional(Type.String({ description, minLength: 1, maxLength: 1024 }));

/** Start and end of a trading day. */
export const day = table("Start and end of a trading day.", {
  referencePrices: file("CSV file of reference prices, with the headings symbol and price; a start of day sets them."),
  restrictedSymbols: file("CSV file with the heading symbol; a start of day disables them."),
  positions: file(
    "CSV file of positions at the start of the trading day, with the headings account, symbol and quantity; a start of day sets them.",
  ),
  directory: file("Directory for the reports of ended days. Default: days in the data directory."),
});
