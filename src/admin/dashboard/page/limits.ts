import type { AccountView } from "../../../operation/accounts.ts";
import type { CurrencyView } from "../../../operation/currencies.ts";
import type { LimitUse } from "../../../operation/level-use.ts";
import type { LevelView } from "../../../operation/levels.ts";
import type { LiveLimit, LiveView } from "../../../operation/live.ts";
import type { FirmView, SettingValue, SettingView, TemporaryView } from "../../../operation/setting.ts";
import type { SymbolView } from "../../../operation/symbols.ts";
import { part } from "./api.ts";
import { ask, type Input, type Values } from "./dialog.ts";
import { button, field, make, type State, setText } from "./dom.ts";
import { age, clock, grouped, words } from "./format.ts";
import { panel } from "./overview.ts";
import { Refreshing } from "./refreshing.ts";
import { Table } from "./table.ts";
import { temporaryTable } from "./temporaries.ts";
import type { Page, View } from "./view.ts";

/** What has settings: what one is called, alone and with its article, where the API has it, and what its alarms call it. */
interface Kind {
  readonly one: string;
  readonly some: string;
  readonly path: string;
  /** Of the list in the answer; null: there is one alone, at the path. */
  readonly key: string | null;
  readonly level: string;
}

const KINDS: readonly Kind[] = [
  { one: "Account", some: "an account", path: "accounts", key: "accounts", level: "account" },
  { one: "Client", some: "a client", path: "clients", key: "clients", level: "client" },
  { one: "Client session", some: "a client session", path: "session-limits", key: "sessions", level: "session" },
  { one: "Trader", some: "a trader", path: "traders", key: "traders", level: "trader" },
  { one: "Firm", some: "the firm", path: "firm", key: null, level: "firm" },
  { one: "Currency", some: "a currency", path: "currencies", key: "currencies", level: "currency" },
  { one: "Symbol", some: "a symbol", path: "symbols", key: "symbols", level: "symbol" },
];
/** They have no limits that fill up. */
const UNUSED = ["currency", "symbol"];

type Subject = AccountView | LevelView | FirmView | CurrencyView | SymbolView;

/** How full the limits are, and the settings of accounts, other levels, currencies and symbols, which can be changed. */
export function limitsView(page: Page): View {
  const usage = usageTable();
  const temporaries = temporaryTable();
  const said = make("p", { class: "note", role: "status" });
  const refreshing = new Refreshing(async () => {
    const { limits } = await page.api.get<{ readonly limits: readonly TemporaryView[] }>("temporary-limits");
    temporaries.show(limits);
  }, said);
  const subjects = KINDS.map((kind) => new Subjects(page, kind));
  const heading = make("h1", {}, "Limits");
  const panels = subjects.map(({ element }) => element);
  const element = make(
    "div",
    { class: "stack" },
    heading,
    panel(usage.element),
    panel(temporaries.element, said),
    ...panels,
  );
  return {
    element,
    live: (view: LiveView) => {
      usage.show(view.limits);
      refreshing.live();
      for (const one of subjects) one.live();
    },
    leave: refreshing.leave,
    open: () => {
      refreshing.open();
      for (const one of subjects) void one.open();
    },
  };
}

function usageTable(): Table<LiveLimit> {
  return new Table<LiveLimit>({
    caption: "Use of limits, the fullest first",
    key: ({ account, limit }) => `${account} ${limit}`,
    empty: "No account has a limit that fills up.",
    columns: [
      { title: "Account", text: ({ account }) => account },
      { title: "Limit", text: ({ limit }) => limit },
      { title: "Used", kind: "number", text: ({ used, currency }) => inCurrency(grouped(used), currency) },
      { title: "Most", kind: "number", text: ({ most, currency }) => inCurrency(grouped(most), currency) },
      { title: "Percent", text: ({ percent }) => `${percent} %`, percent: ({ percent }) => percent, state: fullness },
    ],
  });
}

/** Money with its currency, where there is one. */
function inCurrency(number: string, currency: string | undefined): string {
  return currency === undefined ? number : `${number} ${currency}`;
}

function fullness({ percent }: { readonly percent: number }): State {
  if (percent >= 90) return "bad";
  return percent >= 70 ? "warn" : "good";
}

/** The use of the limits and the settings of one of a kind, chosen from all. */
class Subjects {
  readonly element: HTMLElement;
  private readonly choice = make("select", {});
  private readonly said = make("p", { class: "note", role: "status" });
  private readonly table: Table<SettingView>;
  /** Null: it has no limit that fills up. */
  private readonly usage: Table<LimitUse> | null;
  private shown: Subject | null = null;
  private etag: string | null = null;
  /** Of money, where one is configured. */
  private currency: string | null = null;

  constructor(
    private readonly page: Page,
    private readonly kind: Kind,
  ) {
    const { one, some, level } = kind;
    this.usage = UNUSED.includes(level) ? null : this.usageOf(some);
    this.table = new Table<SettingView>({
      caption: `Settings of ${some}`,
      key: ({ name }) => name,
      empty: "Nothing was read yet.",
      columns: [
        { title: "Setting", text: ({ name }) => name },
        { title: "Value", kind: "number", text: ({ value }) => words(value) },
        { title: "Unit", text: ({ unit }) => (unit === "money" ? (this.currency ?? unit) : unit) },
        { title: "In the file", kind: "number", text: ({ fileValue }) => words(fileValue) },
        { title: "Set by", text: ({ by, source }) => by ?? source },
        { title: "At", kind: "time", text: ({ at }) => (at === null ? "–" : clock(at, 0)) },
        { title: "Until", kind: "time", text: ({ until }) => (until === null ? "–" : clock(until, 0)) },
        { title: "Then", kind: "number", text: ({ until, afterwards }) => (until === null ? "–" : words(afterwards)) },
      ],
      actions: (setting) => [
        { label: "Change", run: () => this.change(setting) },
        ...(setting.until === null ? [] : [{ label: "End now", run: () => this.end(setting) }]),
        ...(setting.source === "operator" && setting.until === null
          ? [{ label: "As in the file", run: () => this.reset(setting) }]
          : []),
      ],
    });
    this.choice.addEventListener("change", () => this.read());
    const choose = field(one, this.choice);
    const form = make("form", { class: "row", submit: (event) => event.preventDefault() }, choose);
    form.append(button("Read again", () => this.read()));
    const usage = this.usage === null ? [] : [this.usage.element];
    this.element = panel(form, this.said, ...usage, this.table.element);
    this.element.hidden = true;
  }

  private usageOf(some: string): Table<LimitUse> {
    return new Table<LimitUse>({
      caption: `Use of the limits of ${some}`,
      key: ({ limit }) => limit,
      empty: "It has no limit that fills up.",
      columns: [
        { title: "Limit", text: ({ limit }) => limit },
        { title: "Used", kind: "number", text: ({ used, currency }) => inCurrency(grouped(used), currency) },
        { title: "Most", kind: "number", text: ({ most, currency }) => inCurrency(grouped(most), currency) },
        { title: "Percent", text: ({ percent }) => `${percent} %`, percent: ({ percent }) => percent, state: fullness },
        { title: "Alarm", text: ({ limit }) => this.alarmOf(limit) },
      ],
    });
  }

  /** Severity of the alarm that the use of a limit has raised. */
  private alarmOf(limit: string): string {
    const { key, level } = this.kind;
    const subject = `${key === null ? level : `${level} ${this.shown?.name}`} ${limit}`;
    return this.page.last()?.alarms.find((alarm) => alarm.subject === subject)?.severity ?? "–";
  }

  /** Its alarms may be others. */
  live(): void {
    if (this.usage !== null && this.shown !== null && "usage" in this.shown) this.usage.show(this.shown.usage);
  }

  async open(): Promise<void> {
    try {
      const { path, key } = this.kind;
      const before = this.choice.value;
      const names = key === null ? [path] : await this.names(path, key);
      this.element.hidden = names.length === 0;
      this.choice.replaceChildren(...names.map((name) => make("option", { selected: name === before }, name)));
      await this.read();
    } catch (error) {
      setText(this.said, (error as Error).message);
    }
  }

  private async names(path: string, key: string): Promise<string[]> {
    const answer = await this.page.api.get<Readonly<Record<string, readonly { name: string }[]>>>(path);
    return answer[key]!.map(({ name }) => name);
  }

  private pathOf(name: string): string {
    return this.kind.key === null ? this.kind.path : `${this.kind.path}/${part(name)}`;
  }

  private async read(): Promise<void> {
    const name = this.choice.value;
    if (name === "") return;
    try {
      const { body, etag } = await this.page.api.send<Subject>("GET", this.pathOf(name));
      this.shown = body;
      this.etag = etag;
      this.currency = "currency" in body ? body.currency : null;
      this.table.show(body.settings);
      this.live();
      setText(this.said, sentence(body));
    } catch (error) {
      setText(this.said, (error as Error).message);
    }
  }

  private change({ name, value, unit, fileValue }: SettingView): void {
    const isFlag = typeof (value ?? fileValue) === "boolean";
    const hint = `${unit === "" ? "" : `${unit}; `}in the file: ${words(fileValue)}. It holds from the next order on, and after a restart.`;
    const input: Input = {
      name: "value",
      label: name,
      value: value === null ? "" : String(value),
      hint,
      required: true,
    };
    this.send(
      name,
      isFlag ? { ...input, options: ["yes", "no"], value: (value ?? fileValue) === true ? "yes" : "no" } : input,
      (text) => settingValue(text, value ?? fileValue),
    );
  }

  private reset({ name, fileValue }: SettingView): void {
    this.send(name, null, () => undefined, `The file's value, ${words(fileValue)}, holds again.`);
  }

  private end({ name, afterwards }: SettingView): void {
    this.send(name, null, () => undefined, `The temporary value ends now: ${words(afterwards)} holds again.`, "now");
  }

  /** With the version that was shown: what somebody else has changed meanwhile is not overwritten. */
  private send(
    setting: string,
    input: Input | null,
    value: (text: string) => SettingValue | undefined,
    text = "",
    until?: string,
  ): void {
    const subject = this.shown!.name;
    const path = this.pathOf(subject);
    const run = async (values: Values): Promise<unknown> => {
      const minutes = (values.forMinutes ?? "").trim();
      const body = {
        settings: { [setting]: value(values.value ?? "") ?? null },
        why: values.why,
        ...(until === undefined ? {} : { until }),
        ...(minutes === "" ? {} : { forMinutes: Number(minutes) }),
      };
      return (await this.page.api.send("PATCH", path, body, this.etag)).body;
    };
    ask({
      title: `Change ${setting} of ${this.kind.one.toLowerCase()} ${subject}`,
      text: text === "" ? "Orders that are open keep what was checked when they came." : text,
      inputs: input === null ? [] : [input, MINUTES],
      confirm: "Change it",
      run,
      done: () => void this.read(),
    });
  }
}

/** The end of a changed value. */
const MINUTES: Input = {
  name: "forMinutes",
  label: "Duration, minutes",
  value: "",
  hint: "empty: it has no end. After a temporary value, the one before holds again. A value without an end replaces a temporary one at once.",
};

/** In the form in which the setting has its value: counts are numbers, money and quantities are text. */
function settingValue(text: string, like: SettingValue): SettingValue {
  if (typeof like === "boolean") return text === "yes";
  return typeof like === "number" ? Number(text.replaceAll(",", "")) : text.replaceAll(",", "");
}

function sentence(subject: Subject): string {
  if ("lowest" in subject) {
    const { lowest, highest, venue, isVenueUp, isEnabled, isKilled, isRetired } = subject;
    const collar = lowest === null ? "no collar" : `prices ${lowest} to ${highest}`;
    const route = venue === null ? "no route" : `to ${venue} (${isVenueUp ? "up" : "down"})`;
    return `${isRetired ? "retired" : isEnabled ? "enabled" : "disabled"}${isKilled ? ", kill switch engaged" : ""}; ${collar}; ${route}`;
  }
  if ("rate" in subject) return rateSentence(subject);
  if (!("isReady" in subject)) {
    const isStopped = "isStopped" in subject && subject.isStopped;
    const { isKilled, openOrders, openBuyNotional, openSellNotional } = subject;
    const stop = isStopped ? "stopped: new orders are refused" : "kill switch not engaged";
    const kill = isKilled ? "kill switch engaged: new orders are refused" : stop;
    return `${kill}; ${openOrders} open orders, buying ${grouped(openBuyNotional)}, selling ${grouped(openSellNotional)}`;
  }
  const { isReady, isKilled, isStopped, isRetired, openOrders, openBuyNotional, openSellNotional, position } = subject;
  const ready = isReady
    ? "takes orders"
    : `refuses every order${isRetired ? ": retired" : isKilled ? ": kill switch engaged" : isStopped ? ": stopped" : ""}`;
  return `${ready}; ${openOrders} open orders, buying ${grouped(openBuyNotional)}, selling ${grouped(openSellNotional)}; position ${grouped(position)}`;
}

/** The rate that holds, since when and from whom, how old it is, and until when. */
function rateSentence({ rate, name, limitCurrency, symbols, settings }: CurrencyView): string {
  const { at, by, source, until, afterwards } = settings.find((one) => one.name === "rate")!;
  const whose = source === "file" ? "from the file" : `set by ${by ?? source}`;
  const since = at === null ? "" : `, since ${clock(at, 0)} (${age(Date.now() - Date.parse(at))} ago)`;
  const end = until === null ? "" : `, until ${clock(until, 0)}, then ${words(afterwards)}`;
  const what =
    rate === null ? `no rate to ${limitCurrency}: its symbols take no orders` : `1 ${name} = ${rate} ${limitCurrency}`;
  return `${what}; ${whose}${since}${end}; ${symbols} symbols`;
}
