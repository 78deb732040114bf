import { setText } from "./dom.ts";
import type { View } from "./view.ts";

const EVERY_MS = 2_000;

/** What is read again and again while its section is shown. */
export class Refreshing implements Pick<View, "open" | "leave" | "live"> {
  private isShown = false;
  private readMs = 0;

  constructor(
    /** Asks the gateway and shows what it answers. */
    private readonly ask: () => Promise<void>,
    /** Says why that failed; empty while it works. */
    private readonly said: HTMLElement,
  ) {}

  async read(): Promise<void> {
    this.readMs = Date.now();
    try {
      await this.ask();
      setText(this.said, "");
    } catch (error) {
      setText(this.said, (error as Error).message);
    }
  }

  readonly open = (): void => {
    this.isShown = true;
    void this.read();
  };

  readonly leave = (): void => {
    this.isShown = false;
  };

  readonly live = (): void => {
    if (this.isShown && Date.now() - this.readMs >= EVERY_MS) void this.read();
  };
}
