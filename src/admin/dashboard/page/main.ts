// The dashboard: starts with the form for a token, where no certificate says who it is, then shows one section at a time, all of them fed by one stream.

import type { LiveAlarm, LiveView } from "../../../operation/live.ts";
import { alarmsView } from "./alarms.ts";
import { Api, ApiError } from "./api.ts";
import { controlView } from "./control.ts";
import { button, byId, field, make, setState, setText } from "./dom.ts";
import { age, count } from "./format.ts";
import { limitsView } from "./limits.ts";
import { manualView } from "./manual.ts";
import { OrdersView } from "./orders.ts";
import { overviewView } from "./overview.ts";
import { peersView } from "./peers.ts";
import { LiveStream } from "./stream.ts";
import { startTheme } from "./theme.ts";
import type { Page, View } from "./view.ts";

/** Of this tab alone, and gone with it. */
const TOKEN_KEY = "sallyport.token";

function say(text: string): void {
  setText(byId("said"), text);
}

function start(): void {
  startTheme();
  byId("log-out").addEventListener("click", () => {
    sessionStorage.removeItem(TOKEN_KEY);
    location.reload();
  });
  const token = sessionStorage.getItem(TOKEN_KEY);
  if (token !== null) new Dashboard(token).start();
  else if (location.protocol === "https:") void enterByCertificate();
  else showLogin("");
}

/** The browser may have shown a certificate of an operator; else a token is asked for. */
async function enterByCertificate(): Promise<void> {
  try {
    await new Api("").get("system");
  } catch (error) {
    showLogin(error instanceof ApiError && error.status === 401 ? "" : (error as Error).message);
    return;
  }
  new Dashboard("").start();
}

function showLogin(problem: string): void {
  const token = make("input", { type: "password", autocomplete: "off", spellcheck: "false", required: true });
  token.name = "token";
  const answer = make("p", { class: "answer", "data-state": "bad", role: "alert" }, problem);
  const submit = make("button", { type: "submit", class: "primary" }, "Log in");
  const hint = "One of admin.tokens. It stays in this tab until you log out or close it.";
  const form = make(
    "form",
    { class: "panel login" },
    make("h1", {}, "Log in"),
    field("Token", token, hint),
    answer,
    submit,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    const given = token.value.trim();
    try {
      await new Api(given).get("system");
      sessionStorage.setItem(TOKEN_KEY, given);
      new Dashboard(given).start();
    } catch (error) {
      setText(answer, (error as Error).message);
      submit.disabled = false;
      token.select();
    }
  });
  byId("content").replaceChildren(form);
  token.focus();
}

class Dashboard implements Page {
  readonly api: Api;
  readonly say = say;
  private readonly stream: LiveStream;
  private readonly sections: readonly (readonly [name: string, title: string, view: View])[];
  private readonly links = new Map<string, HTMLElement>();
  private view: LiveView | null = null;
  private shown: View | null = null;
  private atMs = 0;
  private isLost = false;
  private nextMs = 0;
  private ages = 0;

  constructor(token: string) {
    this.api = new Api(token);
    this.stream = new LiveStream(token, this);
    this.sections = [
      ["overview", "Overview", overviewView()],
      ["sessions", "Sessions", peersView(this)],
      ["orders", "Orders", new OrdersView(this)],
      ["limits", "Limits", limitsView(this)],
      ["alarms", "Alarms", alarmsView(this)],
      ["control", "Control", controlView(this)],
      ["manual", "Manual", manualView(this)],
    ];
  }

  start(): void {
    for (const [name, title] of this.sections) this.links.set(name, make("a", { href: `#${name}` }, title));
    const nav = byId("nav");
    nav.replaceChildren(...this.links.values());
    nav.hidden = false;
    // Without a token there is nothing to forget: the browser keeps showing its certificate.
    byId("log-out").hidden = this.api.token === "";
    addEventListener("hashchange", this.go);
    this.go();
    this.stream.connect();
    this.ages = setInterval(() => this.showAge(), 250);
  }

  last(): LiveView | null {
    return this.view;
  }

  live(view: LiveView): void {
    this.view = view;
    this.atMs = performance.now();
    setText(byId("version"), view.system.version);
    this.showKills(view);
    this.showAlarms(view.alarms);
    for (const [, , section] of this.sections) section.live?.(view);
    this.showAge();
  }

  connected(): void {
    const badge = byId("connection");
    const ready = this.view?.system.notReady ?? "";
    setState(badge, ready === "" ? "good" : "warn");
    setText(badge, ready === "" ? "Live" : `Not ready: ${ready}`);
    if (!this.isLost) return;
    this.isLost = false;
    document.body.classList.remove("stale");
    byId("loss").replaceChildren();
    say("Connected again.");
    this.go();
  }

  lost(why: string, inMs: number): void {
    this.nextMs = performance.now() + inMs;
    setState(byId("connection"), "bad");
    setText(byId("connection"), "Connection lost");
    if (!this.isLost) {
      this.isLost = true;
      document.body.classList.add("stale");
      const text = make("span", {}, `Connection lost: ${why}. What is shown is old.`);
      // Counting down is not for a screen reader.
      const wait = make("span", { id: "wait", "aria-live": "off" });
      byId("loss").replaceChildren(
        text,
        wait,
        button("Try now", () => this.stream.connect()),
      );
    }
    this.showAge();
  }

  refused(why: string): void {
    clearInterval(this.ages);
    removeEventListener("hashchange", this.go);
    sessionStorage.removeItem(TOKEN_KEY);
    byId("nav").hidden = true;
    byId("log-out").hidden = true;
    byId("loss").replaceChildren();
    document.body.classList.remove("stale");
    setState(byId("connection"), "off");
    setText(byId("connection"), "Not connected");
    setText(byId("age"), "");
    showLogin(why);
  }

  private readonly go = (): void => {
    const [name = "", ...rest] = decodeURIComponent(location.hash.slice(1)).split("/");
    if (name === "content") return;
    const section = this.sections.find(([one]) => one === name) ?? this.sections[0]!;
    const [current, title, view] = section;
    for (const [one, link] of this.links) {
      if (one === current) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const moved = this.shown !== view;
    if (moved) this.shown?.leave?.();
    this.shown = view;
    if (moved) byId("content").replaceChildren(view.element);
    document.title = `${title} – Sallyport`;
    view.open?.(rest.join("/"));
    if (moved) scrollTo(0, 0);
  };

  private showAge(): void {
    if (this.atMs === 0) {
      setText(byId("age"), this.isLost ? "No data yet" : "Waiting for data …");
    } else {
      const ms = performance.now() - this.atMs;
      setText(byId("age"), this.isLost || ms > 2_000 ? `Data is ${age(ms)} old` : "");
    }
    const wait = document.getElementById("wait");
    if (wait === null) return;
    const leftMs = this.nextMs - performance.now();
    setText(wait, leftMs > 0 ? `Next attempt in ${Math.ceil(leftMs / 1000)} s.` : "Connecting …");
  }

  private showKills(view: LiveView): void {
    const engaged = view.killSwitch.filter((one) => one.engaged).map(({ scope }) => scope);
    const badge = byId("kill-badge");
    badge.hidden = engaged.length === 0;
    const [first, ...more] = engaged;
    setText(
      badge,
      engaged.length === 0 ? "" : `Kill switch: ${first}${more.length === 0 ? "" : ` and ${more.length} more`}`,
    );
  }

  private showAlarms(alarms: readonly LiveAlarm[]): void {
    const firing = alarms.filter(({ acknowledgedBy }) => acknowledgedBy === null);
    setText(this.links.get("alarms")!, firing.length === 0 ? "Alarms" : `Alarms (${count(firing.length)})`);
    const newest = firing.find(({ id }) => !this.announced.has(id));
    if (newest !== undefined) say(`Alarm: ${newest.subject}: ${newest.text}`);
    for (const { id } of firing) this.announced.add(id);
  }

  private readonly announced = new Set<string>();
}

start();
