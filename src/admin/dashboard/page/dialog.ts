import { ApiError } from "./api.ts";
import { button, byId, field, make, setState, setText } from "./dom.ts";
import { words } from "./format.ts";

export interface Input {
  readonly name: string;
  readonly label: string;
  readonly value?: string;
  readonly hint?: string;
  /** A choice of these instead of free text. */
  readonly options?: readonly string[];
  readonly required?: boolean;
}

export type Values = Readonly<Record<string, string>>;

export interface Question {
  readonly title: string;
  /** What it does, in a sentence. */
  readonly text: string;
  readonly inputs?: readonly Input[];
  /** A word that has to be typed first: for what can't be undone or stops trading. */
  readonly word?: string;
  readonly confirm: string;
  readonly danger?: boolean;
  /** Asks the gateway. `values` has every input, and the reason as `why`. */
  readonly run: (values: Values) => Promise<unknown>;
  /** Called after an answer. */
  readonly done?: () => void;
}

const LONGEST_REASON = 200;

/** Asks for a reason and what else an action needs, acts, and shows the answer or the refusal in its words. */
export function ask(question: Question): void {
  const dialog = byId("dialog") as HTMLDialogElement;
  const back = document.activeElement as HTMLElement | null;
  const controls = new Map<string, HTMLInputElement | HTMLSelectElement>();
  const parts = (question.inputs ?? []).map((input) => inputOf(input, controls));
  const why = make("input", { type: "text", maxlength: LONGEST_REASON, required: true, autocomplete: "off" });
  why.name = "why";
  controls.set("why", why);
  parts.push(field("Reason", why, "It is written to the journal with your name."));
  const confirm = make("button", { type: "submit", class: question.danger === true ? "danger" : "primary" });
  confirm.textContent = question.confirm;
  if (question.word !== undefined) parts.push(wordField(question.word, confirm));
  const answer = make("p", { class: "answer", role: "status" });
  const close = button("Close", () => dialog.close());
  const title = make("h2", { id: "dialog-title" }, question.title);
  const form = make("form", {}, title, make("p", {}, question.text), ...parts, answer);
  form.append(make("div", { class: "actions" }, close, confirm));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act(question, controls, confirm, answer);
  });
  dialog.replaceChildren(form);
  dialog.addEventListener("close", () => (back?.isConnected === true ? back : byId("content")).focus(), { once: true });
  dialog.showModal();
  (parts[0]!.querySelector("input, select") as HTMLElement).focus();
}

async function act(
  question: Question,
  controls: ReadonlyMap<string, HTMLInputElement | HTMLSelectElement>,
  confirm: HTMLButtonElement,
  answer: HTMLElement,
): Promise<void> {
  const values = Object.fromEntries([...controls].map(([name, { value }]) => [name, value.trim()]));
  confirm.disabled = true;
  setState(answer, "good");
  setText(answer, "Asking the gateway …");
  try {
    setText(answer, answerText(await question.run(values)));
    // Once done it is not done twice by a second key.
    confirm.hidden = true;
  } catch (error) {
    setState(answer, "bad");
    setText(answer, error instanceof ApiError ? error.message : `This page failed: ${(error as Error).message}`);
    confirm.disabled = false;
  }
  question.done?.();
}

function inputOf(input: Input, controls: Map<string, HTMLInputElement | HTMLSelectElement>): HTMLElement {
  const control =
    input.options === undefined
      ? make("input", { type: "text", autocomplete: "off", spellcheck: "false", value: input.value ?? "" })
      : make("select", {}, ...input.options.map((one) => make("option", { selected: one === input.value }, one)));
  control.name = input.name;
  control.required = input.required === true;
  controls.set(input.name, control);
  return field(input.label, control, input.hint);
}

/** The button works once the word is there. */
function wordField(word: string, confirm: HTMLButtonElement): HTMLElement {
  const typed = make("input", { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false" });
  typed.name = "word";
  confirm.disabled = true;
  typed.addEventListener("input", () => {
    confirm.disabled = typed.value !== word;
  });
  return field(`Type ${word} to confirm`, typed);
}

/** An action's answer as a sentence. */
function answerText(answer: unknown): string {
  if (answer === null || typeof answer !== "object") return words(answer);
  const { result, old, new: now, action, ...rest } = answer as Record<string, unknown>;
  if ("confirmation" in answer) return `Waits for a second person: confirmation ${String(answer.confirmation)}`;
  if (result === undefined) return JSON.stringify(answer, null, 1);
  const change = old === undefined && now === undefined ? "" : `: before ${words(old)}, now ${words(now)}`;
  const more = Object.keys(rest).length === 0 ? "" : `; ${JSON.stringify(rest)}`;
  return `${words(result)}${change}${more}${action === undefined ? "" : ` (action ${String(action)})`}`;
}
