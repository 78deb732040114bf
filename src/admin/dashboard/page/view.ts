import type { LiveView } from "../../../operation/live.ts";
import type { Api } from "./api.ts";

/** One section of the page. */
export interface View {
  readonly element: HTMLElement;
  /** Once a second with what is new, also while it is not shown. */
  live?(view: LiveView): void;
  /** Shown; `rest` is what follows its name in the address. */
  open?(rest: string): void;
  /** No longer shown. */
  leave?(): void;
}

/** What views need of the page. */
export interface Page {
  readonly api: Api;
  /** The newest document, or null before the first. */
  readonly last: () => LiveView | null;
  /** Says it to screen readers. */
  readonly say: (text: string) => void;
}
