import { version } from "../../package.json";

/** The product's version, and what it was built on. */
export function versionText(): string {
  return `sallyport ${version} (Bun ${Bun.version}, ${process.platform} ${process.arch})`;
}
