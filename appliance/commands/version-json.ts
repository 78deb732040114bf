import { version } from "../../package.json";
import { FORMATS } from "../../src/journal/store/formats.ts";

/** The product's version, and the formats that it reads and writes, for an upgrade. */
export function versionJson(): string {
  return JSON.stringify({ product: "sallyport", version, bun: Bun.version, ...FORMATS });
}
