import { decimalText } from "../../base/decimal.ts";
import type { PriceSigns } from "../../base/price-signs.ts";
import { MOST_E8 } from "../../base/units.ts";
import { COLLAR_SETTING, COLLAR_WIDTH_SETTING } from "../../core/assembly/layout.ts";
import type { SettingTable } from "../../core/setting-table.ts";

const PPM = 1_000_000n;
const LEAST: Readonly<Record<PriceSigns, { readonly least: bigint; readonly words: string }>> = {
  "above-zero": { least: 1n, words: "above 0" },
  "zero-or-above": { least: 0n, words: "of 0 or above" },
  any: { least: -MOST_E8, words: `of at least ${decimalText(-MOST_E8)}` },
};

/**
 * Why a symbol with prices of these signs, and the collar that is in force, can't have this reference price, or "". As the core asks it
 * (core/assembly/symbols.ts, canRefer).
 */
export function referenceProblem(priceE8: bigint, signs: PriceSigns, settings: SettingTable): string {
  const got = decimalText(priceE8);
  const { least, words } = LEAST[signs];
  if (priceE8 < least) return `expected a price ${words}, got ${got}`;
  const collar = settings.aim(0, COLLAR_SETTING).current;
  const width = settings.aim(0, COLLAR_WIDTH_SETTING).current;
  const size = priceE8 < 0n ? -priceE8 : priceE8;
  const share = (size * collar + PPM - 1n) / PPM;
  const above = share > width ? share : width;
  if (size + above === 0n) return `expected a price other than 0, as collarWidth is 0, got ${got}`;
  if (size + above <= MOST_E8) return "";
  return `expected a price whose collar ends at most at ${decimalText(MOST_E8)}, got ${got}`;
}
