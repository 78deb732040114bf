import type { Page } from "playwright-core";
import { makeToken } from "../../appliance/config/token.ts";
import { Client } from "../e2e/client.ts";
import { freePort, Gateway } from "../e2e/gateway.ts";
import { Venue, venueUp } from "../e2e/venue.ts";
import { HeadlessBrowser, type View, type Watched } from "./browser.ts";

export const SECTIONS = ["overview", "sessions", "orders", "limits", "alarms", "control", "manual/risk"] as const;

/** A gateway with a venue, a client and a browser: what an operator sees and does. */
export class Desk {
  readonly port = freePort();
  readonly origin = `http://127.0.0.1:${this.port}/`;
  private readonly secret = makeToken();
  readonly token = this.secret.token;
  private readonly chiefsSecret = makeToken();
  /** Of another person. */
  readonly chiefsToken = this.chiefsSecret.token;
  readonly gateway: Gateway;
  readonly venue: Venue;
  readonly alice: Client;
  private readonly watched: Watched[] = [];

  private constructor(
    readonly browser: HeadlessBrowser,
    more: string,
    risk: string,
  ) {
    const admin = `[admin]\nlisten = "127.0.0.1:${this.port}"\n${more}\n[admin.tokens.desk]\nrole = "admin"`;
    const chief = `[admin.tokens.chief]\nrole = "admin"\nhash = "${this.chiefsSecret.hash}"`;
    this.gateway = new Gateway({ risk, tables: `${admin}\nhash = "${this.secret.hash}"\n${chief}` });
    this.venue = new Venue(this.gateway.venuePort);
    this.alice = new Client("ALICE", this.gateway.clientPort);
  }

  static async open(more = "", risk = ""): Promise<Desk> {
    const desk = new Desk(await HeadlessBrowser.start(), more, risk);
    desk.venue.listen();
    await desk.gateway.start();
    await desk.alice.logon();
    await venueUp(desk.alice);
    return desk;
  }

  /** A page before its login. */
  async page(view: View = {}): Promise<Page> {
    const watched = await this.browser.open(this.origin, view);
    this.watched.push(watched);
    return watched.page;
  }

  /** A page that is logged in, at a section. */
  async loggedIn(view: View = {}, section = "overview", token = this.token): Promise<Page> {
    const page = await this.page(view);
    await logIn(page, token);
    if (section !== "overview") await go(page, section);
    return page;
  }

  /** What pages did that they must not do, in all. */
  async offences(): Promise<string[]> {
    const lists = this.watched.map(async ({ page, foreign, faults }) => {
      const violations = page.isClosed() ? [] : await page.evaluate(() => window.violations);
      return [...foreign.map((url) => `request to ${url}`), ...faults, ...violations];
    });
    return (await Promise.all(lists)).flat();
  }

  /** Closes pages, so that one test's do not take the next one's time. */
  async closePages(): Promise<void> {
    for (const { page } of this.watched) await page.context().close();
    this.watched.length = 0;
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.venue.stop();
    await this.gateway.remove();
  }
}

export async function logIn(page: Page, token: string): Promise<void> {
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.locator("#connection[data-state=good]").waitFor();
}

export async function go(page: Page, section: string): Promise<void> {
  await page.evaluate((name) => {
    location.hash = name;
  }, section);
  await page.locator("main h1").first().waitFor();
}

/** Gives an action's reason, and its word if it has one, and carries it out. Returns what the dialog answers. */
export async function confirm(page: Page, label: string, why: string, word = ""): Promise<string> {
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill(why);
  if (word !== "") await dialog.getByLabel(`Type ${word} to confirm`).fill(word);
  await dialog.getByRole("button", { name: label, exact: true }).click();
  const answer = dialog.locator(".answer");
  await answer.filter({ hasNotText: /^$|Asking/ }).waitFor();
  const text = (await answer.textContent()) ?? "";
  await dialog.getByRole("button", { name: "Close" }).click();
  return text;
}
