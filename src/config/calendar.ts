import { Type } from "@sinclair/typebox";
import { ORDER_TYPES, type OrderType, TIMES_IN_FORCE, type TimeInForce } from "../base/order-kinds.ts";
import { byDate, choice, choicesOrNone, date, flag, id, table, timeOfDay, weekTime, zone } from "./fields.ts";
import { DAY_NAMES } from "./time.ts";

/** The tables of `calendars`. */
export const calendar = table("Open times of sessions; a session has its name as schedule.", {
  zone: zone("Time zone of its times, by name in the time zone database."),
  open: Type.Optional(
    weekTime(
      "Time at which sessions open, on every day in days; with a day of the week: once a week. Default: always open.",
    ),
  ),
  close: Type.Optional(
    weekTime(
      "Time at which they close; on the next day (of a week: in the next week) if it is not after open. The same time as open: always open, and a new session begins at that time without a Logout. Default, with open: always open.",
    ),
  ),
  days: Type.Optional(
    Type.Array(choice("Day of the week.", [...DAY_NAMES]), {
      description: "Days on which a daily session closes. Default: mon to fri; with close the same as open: all.",
      minItems: 1,
      maxItems: 7,
      uniqueItems: true,
    }),
  ),
  holidays: Type.Array(date("Date."), {
    description: "Dates without a session: there is no daily session that closes then, and a weekly one pauses.",
    default: [],
    minItems: 0,
    maxItems: 1000,
  }),
  halfDays: byDate("Early closes by date.", timeOfDay("Early close."), { minProperties: 0, maxProperties: 1000 }),
  resetAtOpen: flag("Reset both sequence numbers to 1 at each opening (of a week: at the first).", { default: true }),
  resetAt: Type.Optional(timeOfDay("Reset both sequence numbers to 1 at this time, also while logged on.")),
  phases: Type.Array(
    Type.Object(
      {
        name: id("Name of the phase, for the log."),
        from: timeOfDay("When it begins, on every day."),
        to: timeOfDay("When it ends; on the next day if that is before from."),
        orderTypes: choicesOrNone(
          "Order types (40) that are taken then; [] for none.",
          Object.keys(ORDER_TYPES) as OrderType[],
        ),
        timesInForce: choicesOrNone(
          "Times in force (59) that are taken then; [] for none.",
          Object.keys(TIMES_IN_FORCE) as TimeInForce[],
        ),
      },
      { description: "One phase.", additionalProperties: false },
    ),
    {
      description:
        "Parts of the day in which symbols with this schedule take some orders only, as [[calendars.NAME.phases]]: auctions, breaks. At all other times within the hours they take every order. Sessions have no use for them.",
      default: [],
      minItems: 0,
      maxItems: 50,
    },
  ),
});
