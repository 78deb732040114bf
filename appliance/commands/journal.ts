import { command, converted, flag, text } from "./command.ts";
import { time } from "./option-values.ts";

const page = "journal";
const json = flag("print one line of JSON for each entry");
const filters = {
  session: text("NAME", "only entries of this client session or venue"),
  stream: text("NAME", "only this stream: core, client0, venue0 …"),
  order: text("ID", "only entries of this order and its replaces: ClOrdID, our OrderID, or the venue's ClOrdID"),
  from: converted("TIME", "from here: YYYYMMDD-HH:MM:SS, YYYY-MM-DDTHH:MM:SSZ, HH:MM of today, or now; UTC", time),
  to: converted("TIME", "up to here; as --from", time),
  follow: flag("wait for new entries and print them"),
  json,
};

export const journal = command({ name: "journal", summary: "read, check or repair a journal", page });

export const print = command({
  name: "journal print",
  arguments: ["DIR"],
  summary: "print the journal in DIR as readable FIX",
  options: filters,
  page,
  run: async ({ from: fromUs, to: toUs, json, ...options }, { arguments: [dir] }) => {
    const { journalPrint } = await import("../journal/print.ts");
    return journalPrint(dir!, { ...options, fromUs, toUs, format: json ? "json" : "lines" });
  },
});

export const exportMessages = command({
  name: "journal export",
  arguments: ["DIR"],
  summary: "write the FIX messages of the journal in DIR, one a line, with SOH between the fields",
  options: filters,
  page,
  run: async ({ from: fromUs, to: toUs, json, ...options }, { arguments: [dir] }) => {
    const { journalPrint } = await import("../journal/print.ts");
    return journalPrint(dir!, { ...options, fromUs, toUs, format: json ? "json" : "fix" });
  },
});

export const order = command({
  name: "journal order",
  arguments: ["ID", "DIR"],
  summary: "print all messages of one order, received and sent, and how long its stages took",
  options: { json },
  page,
  run: async (options, { arguments: [id, dir] }) => {
    const { journalPrint } = await import("../journal/print.ts");
    const format = options.json ? "json" : "lines";
    return journalPrint(dir!, { order: id, format, stages: format === "lines" });
  },
});

export const verify = command({
  name: "journal verify",
  arguments: ["DIR"],
  summary: "check that every entry of the journal in DIR is whole",
  page,
  run: async (_, { arguments: [dir] }) => {
    const { journalVerify } = await import("../journal/verify.ts");
    return journalVerify(dir!);
  },
});

export const repair = command({
  name: "journal repair",
  arguments: ["DIR"],
  summary: "show the damage in the journal in DIR and how it would be repaired",
  options: { yes: flag("repair it; a copy of each changed file is kept under another name") },
  page,
  run: async ({ yes }, { arguments: [dir] }) => {
    const { journalRepair } = await import("../journal/repair.ts");
    return journalRepair(dir!, yes === true);
  },
});
