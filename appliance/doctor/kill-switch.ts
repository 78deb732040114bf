import { sinceText } from "../../src/recovery/kill-switch.ts";
import type { Box } from "./box.ts";
import { type Finding, notApplicable, ok, type Subject, warn } from "./finding.ts";

const SUBJECT: Subject = {
  name: "kill switch",
  theme: "trading",
  why: "while it is engaged every new order is refused; it stays so over restarts",
};
const RELEASE = "SIGUSR2 to the running gateway (systemctl kill -s USR2 --kill-whom=main sallyport) releases it.";

function killSwitch({ config, killSwitch: state }: Box): Finding {
  if (config?.risk.kill === true)
    return warn(SUBJECT, "engaged by risk.kill of the configuration", `risk.kill = false, and a restart. ${RELEASE}`);
  if (state === null) return notApplicable(SUBJECT, "the data directory has no journal yet");
  if (typeof state === "string") return warn(SUBJECT, `not known: ${state}`, "Read the journal: sallyport verify.");
  return state.engaged ? warn(SUBJECT, `engaged${sinceText(state.sinceUs)}`, RELEASE) : ok(SUBJECT, "not engaged");
}

export const tradingChecks = [killSwitch];
