import uplotStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import icon from "./icon.svg" with { type: "text" };
import page from "./page.html" with { type: "text" };
import { SCRIPT } from "./script-code.ts";
import style from "./style.css" with { type: "text" };

/** The types of Bun know such an import as a bundle, whatever its attribute. */
const PAGE = page as unknown as string;

/** Nothing from elsewhere, nothing inline, and no page that frames this one. */
const POLICY = [
  "default-src 'none'",
  ...["script-src", "style-src", "img-src", "connect-src"].map((kind) => `${kind} 'self'`),
  ...["base-uri", "form-action", "frame-ancestors"].map((kind) => `${kind} 'none'`),
  "require-trusted-types-for 'script'",
].join("; ");

const HEADERS = {
  "content-security-policy": POLICY,
  "cache-control": "no-cache",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** A file of the dashboard, as its path is asked for. */
export const ASSETS: Readonly<Record<string, () => Response>> = {
  "/": () => asset(PAGE, "text/html; charset=utf-8"),
  "/dashboard.js": () => asset(SCRIPT, "text/javascript; charset=utf-8"),
  "/dashboard.css": () => asset(uplotStyle + style, "text/css; charset=utf-8"),
  "/icon.svg": () => asset(icon, "image/svg+xml"),
};

function asset(text: string, type: string): Response {
  return new Response(text, { headers: { ...HEADERS, "content-type": type } });
}
