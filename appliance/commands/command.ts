import { InvalidArgumentError } from "commander";
import { mostSimilar } from "../../src/config/problem.ts";

/** One option of a command. Its name on the command line is its key in the row, in kebab case. */
export interface Option<T> {
  /** Placeholder of its value in the help; empty for an option without a value. */
  readonly value: string;
  readonly summary: string;
  readonly required: boolean;
  /** The values that it may have, where they are a few words. */
  readonly words?: readonly string[];
  /** Value when the option is not given. */
  readonly fallback?: T;
  /** Converts the text that was given. Throws InvalidArgumentError. */
  readonly read?: (text: string) => T;
}

// biome-ignore lint/suspicious/noExplicitAny: a row of the table has options of any types.
export type Options = Readonly<Record<string, Option<any>>>;
export type Values<O extends Options> = { [K in keyof O]: O[K] extends Option<infer T> ? T : never };

/** What a command receives beside its options. */
export interface Call {
  /** One text for each of the row's arguments; undefined where it was left out. */
  readonly arguments: readonly (string | undefined)[];
  /** The module that workers of this process start from. */
  readonly entry: string;
  /** The table of all commands. */
  readonly commands: readonly Command[];
}

/** One row of the table of commands. */
export interface Command<O extends Options = Options> {
  /** Words that name it: `run`, `journal print`. */
  readonly name: string;
  /** Arguments as the help shows them: `DIR`, or `[PAGE]` for one that may be left out. */
  readonly arguments?: readonly string[];
  readonly summary: string;
  readonly options?: O;
  /** Lines of the help after the options. */
  readonly notes?: readonly string[];
  /** Page of the manual that describes it. */
  readonly page: string;
  /** Started by Sallyport itself: not in the help. */
  readonly internal?: true;
  /** Returns the process's exit code. Imports what it needs only when it runs. A row without `run` is a group of commands. */
  readonly run?: (options: Values<O>, call: Call) => Promise<number> | number;
}

/** A row with the types of its options; the table itself holds rows of all types. */
export function command<const O extends Options>(row: Command<O>): Command {
  return row as unknown as Command;
}

export function flag(summary: string): Option<boolean | undefined> {
  return { value: "", summary, required: false };
}

export function text(value: string, summary: string): Option<string | undefined> {
  return { value, summary, required: false };
}

export function whole(value: string, summary: string, lowest: number, highest: number): Option<number | undefined> {
  return converted(value, summary, (given) => {
    const number = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
    if (number >= lowest && number <= highest) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${lowest} to ${highest}`);
  });
}

/** An option whose value is one of a few words. */
export function word<T extends string>(value: string, summary: string, words: readonly T[]): Option<T | undefined> {
  const read = (given: string): T => {
    const found = words.find((one) => one === given);
    if (found !== undefined) return found;
    const similar = mostSimilar(given, words);
    const hint = similar === "" ? "" : ` (Did you mean ${similar}?)`;
    throw new InvalidArgumentError(`It must be one of: ${words.join(", ")}${hint}`);
  };
  return { ...converted(value, summary, read), words };
}

/** An option whose value `read` converts; it throws when it cannot. */
export function converted<T>(value: string, summary: string, read: (text: string) => T): Option<T | undefined> {
  return { value, summary, required: false, read };
}

export function required<T>(option: Option<T | undefined>): Option<T> {
  return { ...option, required: true } as Option<T>;
}

export function otherwise<T>(option: Option<T | undefined>, fallback: T): Option<T> {
  return { ...option, fallback } as Option<T>;
}

/** Name of an option on the command line, `--dry-run` of `dryRun`. */
export function optionName(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Words after a command's name, as its help shows them: `--config FILE [--data DIR]`. */
export function usageOf(row: Command): string {
  const options = Object.entries(row.options ?? {}).map(([key, option]) => {
    const words = option.value === "" ? optionName(key) : `${optionName(key)} ${option.value}`;
    return option.required ? words : `[${words}]`;
  });
  return [...options, ...(row.arguments ?? [])].join(" ");
}
