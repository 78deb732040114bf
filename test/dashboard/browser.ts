import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { deadline } from "../eventually.ts";

const CHROMIUM = "/usr/bin/chromium";
const START_MS = 40_000;
const END_MS = 10_000;

/** Where it is absent, tests that need it are skipped by name; .ci/run installs it. */
export const hasChromium = existsSync(CHROMIUM);

declare global {
  interface Window {
    /** What the page's policy forbade. */
    violations: string[];
  }
}

export interface View {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: "light" | "dark";
  /** Of the operator, for an origin with TLS, whose own certificate is not looked at. */
  readonly certificates?: { origin: string; certPath: string; keyPath: string }[];
}

/** A page with what it must never do: requests that leave its origin, faults, what its policy forbids. */
export interface Watched {
  readonly page: Page;
  readonly foreign: string[];
  readonly faults: string[];
}

/** A headless Chromium of its own process, which is killed by its number where it does not end. */
export class HeadlessBrowser {
  private constructor(
    private readonly browser: Browser,
    private readonly end: () => Promise<void>,
  ) {}

  static async start(): Promise<HeadlessBrowser> {
    // Nobody's sandbox works for root in a container.
    const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    const server = await chromium.launchServer({ executablePath: CHROMIUM, args, timeout: START_MS });
    const browser = await chromium.connect(server.wsEndpoint(), { timeout: START_MS });
    return new HeadlessBrowser(browser, async () => {
      using _bound = deadline(END_MS, () => server.process().kill("SIGKILL"));
      await server.close();
    });
  }

  async open(
    origin: string,
    { width = 1280, height = 900, scheme = "light", certificates }: View = {},
  ): Promise<Watched> {
    const tls = certificates === undefined ? {} : { ignoreHTTPSErrors: true, clientCertificates: certificates };
    const context = await this.browser.newContext({ viewport: { width, height }, colorScheme: scheme, ...tls });
    const page = await context.newPage();
    const watched: Watched = { page, foreign: [], faults: [] };
    page.on("request", (request) => {
      if (!request.url().startsWith(origin)) watched.foreign.push(request.url());
    });
    page.on("pageerror", (error) => watched.faults.push(error.message));
    await page.addInitScript(() => {
      window.violations = [];
      document.addEventListener("securitypolicyviolation", (event) => {
        window.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
      });
    });
    await page.goto(origin);
    return watched;
  }

  async close(): Promise<void> {
    await this.end();
  }
}
