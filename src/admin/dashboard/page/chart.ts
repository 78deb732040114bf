import uPlot from "uplot";
import { make, setText } from "./dom.ts";
import { colour, onTheme } from "./theme.ts";

/** Five minutes of seconds. */
const SAMPLES = 300;
const HEIGHT_PX = 230;
const FONT = '14px system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif';

export interface ChartOptions {
  readonly title: string;
  readonly series: readonly string[];
  readonly format: (value: number) => string;
  /** Logarithmic, for values of many magnitudes. */
  readonly log?: boolean;
}

/** Lines over the last five minutes, with a key that says their values now, or under the pointer. */
export class Chart {
  readonly element: HTMLElement;
  private readonly times: number[] = [];
  private readonly values: (number | null)[][];
  private readonly holder = make("div", { class: "chart", role: "img" });
  private readonly shown: HTMLElement[];
  private plot: uPlot | null = null;
  private at: number | null = null;

  constructor(private readonly options: ChartOptions) {
    this.values = options.series.map(() => []);
    this.shown = options.series.map(() => make("span"));
    const key = options.series.map((name, i) =>
      make("li", {}, make("i", { "data-series": i + 1 }), `${name} `, this.shown[i]!),
    );
    const caption = make("figcaption", {}, options.title);
    this.element = make("figure", {}, caption, make("ul", { class: "key" }, ...key), this.holder);
    new ResizeObserver(() => this.resize()).observe(this.holder);
    onTheme(() => this.draw());
  }

  /** One value per series; null for none. `atS` in seconds since 1970. */
  add(atS: number, values: readonly (number | null)[]): void {
    // A connection that was lost leaves a gap, not a line across it.
    const last = this.times.at(-1);
    if (last !== undefined && atS - last > 3)
      this.push(
        atS - 1,
        values.map(() => null),
      );
    this.push(atS, values);
    if (this.plot === null) this.draw();
    else this.plot.setData(this.data(), true);
    this.say();
  }

  private push(atS: number, values: readonly (number | null)[]): void {
    this.times.push(atS);
    for (const [i, value] of values.entries()) this.values[i]!.push(value);
    if (this.times.length <= SAMPLES) return;
    this.times.shift();
    for (const list of this.values) list.shift();
  }

  private data(): uPlot.AlignedData {
    // A logarithm has no place for zero.
    const { log } = this.options;
    const lists = this.values.map((list) => (log === true ? list.map((one) => (one === 0 ? null : one)) : list));
    return [this.times, ...lists];
  }

  private resize(): void {
    const width = this.holder.clientWidth;
    if (width === 0) return;
    if (this.plot === null) this.draw();
    else if (this.plot.width !== width) this.plot.setSize({ width, height: HEIGHT_PX });
  }

  /** Also after a change of the colours: a canvas keeps the ones it was drawn with. */
  private draw(): void {
    const width = this.holder.clientWidth;
    if (width === 0 || this.times.length === 0) return;
    this.plot?.destroy();
    this.plot = new uPlot(this.plotOptions(width), this.data(), this.holder);
  }

  private plotOptions(width: number): uPlot.Options {
    const { series, format, log } = this.options;
    const axis = {
      stroke: colour("quiet"),
      font: FONT,
      grid: { stroke: colour("grid"), width: 1 },
      ticks: { show: false },
    };
    return {
      width,
      height: HEIGHT_PX,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false } },
      scales: { y: log === true ? { distr: 3 } : { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } },
      axes: [
        {
          ...axis,
          values: (_, splits) => splits.map((at) => new Date(at * 1000).toISOString().slice(11, 19)),
          space: 90,
          size: 34,
        },
        { ...axis, values: (_, splits) => splits.map((one) => (one === null ? "" : format(one))), size: 78 },
      ],
      series: [{}, ...series.map((_, i) => ({ stroke: colour(`series-${i + 1}`), width: 2, points: { show: false } }))],
      hooks: {
        setCursor: [
          (plot) => {
            this.at = plot.cursor.idx ?? null;
            this.say();
          },
        ],
      },
    };
  }

  private say(): void {
    const at = this.at !== null && this.at < this.times.length ? this.at : this.times.length - 1;
    const texts = this.values.map((list) => {
      const value = list[at];
      return value === null || value === undefined ? "–" : this.options.format(value);
    });
    for (const [i, text] of texts.entries()) setText(this.shown[i]!, text);
    const now = this.options.series.map((name, i) => `${name} ${texts[i]}`).join(", ");
    this.holder.setAttribute("aria-label", `${this.options.title}, last five minutes. Now: ${now}`);
  }
}
