import { type Command, optionName } from "../commands/command.ts";

export const SHELLS = ["bash", "zsh"] as const;
export type Shell = (typeof SHELLS)[number];

/** Placeholders of values that are names of files. */
const FILES = ["FILE", "DIR", "PATH"];

/** What may stand behind a command, made from its row. */
interface Node {
  /** Words of the command; "" for the program itself. */
  readonly path: string;
  /** The next words of commands that begin with this one, and their summaries. */
  readonly next: readonly { readonly word: string; readonly summary: string }[];
  readonly options: readonly NodeOption[];
  /** Whether an argument of it may be a file. */
  readonly takesFile: boolean;
}

interface NodeOption {
  readonly name: string;
  readonly summary: string;
  /** Empty: it has no value. */
  readonly value: string;
  readonly words: readonly string[];
}

const HELP: NodeOption = { name: "--help", summary: "show this help", value: "", words: [] };

/** The program's completion for a shell, as a script that it reads: made from the table of commands. */
export function completionScript(shell: Shell, rows: readonly Command[]): string {
  const nodes = nodesOf(rows.filter(({ internal }) => internal !== true));
  return shell === "bash" ? bashScript(nodes) : zshScript(nodes);
}

function nodesOf(rows: readonly Command[]): Node[] {
  const top: Command = { name: "", summary: "", page: "", options: {} };
  return [top, ...rows].map((row) => ({
    path: row.name,
    next: nextOf(row.name, rows),
    options: [
      ...Object.entries(row.options ?? {}).map(([key, { value, summary, words = [] }]) => ({
        name: optionName(key),
        summary,
        value,
        words,
      })),
      ...(row.name === "" ? [{ ...HELP, name: "--version", summary: "print the version" }] : []),
      HELP,
    ],
    takesFile: (row.arguments ?? []).some((argument) => FILES.includes(argument.replaceAll(/[[\]]/g, ""))),
  }));
}

function nextOf(path: string, rows: readonly Command[]): Node["next"] {
  const depth = path === "" ? 0 : path.split(" ").length;
  const inside = rows.filter(({ name }) => path === "" || name.startsWith(`${path} `));
  return inside
    .filter(({ name }) => name.split(" ").length === depth + 1)
    .map(({ name, summary }) => ({ word: name.split(" ")[depth]!, summary }));
}

/** Cases of the word that stands before the one to complete, where that is an option with a value. */
function valueCases({ path, options }: Node, toWords: (words: readonly string[]) => string, files: string): string[] {
  return options
    .filter(({ value }) => value !== "")
    .map(({ name, value, words }) => {
      const what = FILES.includes(value) ? files : words.length > 0 ? toWords(words) : ":";
      return `    ${quoted(`${path} ${name}`.trim())}) ${what}; return ;;`;
    });
}

function bashScript(nodes: readonly Node[]): string {
  const offers = nodes.map(({ path, next, options, takesFile }) => {
    const words = [...next.map(({ word }) => word), ...options.map(({ name }) => name)].join(" ");
    return `    ${quoted(path)}) words=${quoted(words)}; files=${takesFile ? 1 : 0} ;;`;
  });
  const values = nodes.flatMap((node) =>
    valueCases(
      node,
      (words) => `COMPREPLY=($(compgen -W ${quoted(words.join(" "))} -- "$word"))`,
      `_sallyport_files "$word"`,
    ),
  );
  return `# Completion of sallyport for bash: source <(sallyport completion bash)
_sallyport_files() {
  compopt -o filenames 2>/dev/null
  local IFS=$'\\n'
  COMPREPLY=($(compgen -f -- "$1"))
}
_sallyport() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command="" words="" files=0 i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${command:+$command }\${COMP_WORDS[i]}" in
${pathCases(nodes, "COMP_WORDS[i]")}
      *) break ;;
    esac
  done
  COMPREPLY=()
  case "\${command:+$command }$before" in
${values.join("\n")}
  esac
  case "$command" in
${offers.join("\n")}
  esac
  if [[ $word != -* && $files == 1 ]]; then
    _sallyport_files "$word"
    return
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _sallyport sallyport
`;
}

function zshScript(nodes: readonly Node[]): string {
  const offers = nodes.map(({ path, next, options, takesFile }) => {
    const entries = [
      ...next.map(({ word, summary }) => described(word, summary)),
      ...options.map(({ name, summary }) => described(name, summary)),
    ];
    return `    ${quoted(path)}) offers=(${entries.join(" ")}); files=${takesFile ? 1 : 0} ;;`;
  });
  const values = nodes.flatMap((node) =>
    valueCases(node, (words) => `compadd -- ${words.map(quoted).join(" ")}`, "_files"),
  );
  return `#compdef sallyport
# Completion of sallyport for zsh: source <(sallyport completion zsh), or a file _sallyport in a directory of fpath
_sallyport() {
  local command="" files=0 i
  local -a offers
  for ((i = 2; i < CURRENT; i++)); do
    case "\${command:+$command }\${words[i]}" in
${pathCases(nodes, "words[i]")}
      *) break ;;
    esac
  done
  case "\${command:+$command }\${words[CURRENT-1]}" in
${values.join("\n")}
  esac
  case "$command" in
${offers.join("\n")}
  esac
  if [[ \${words[CURRENT]} != -* && $files == 1 ]]; then
    _files
    return
  fi
  _describe -t commands sallyport offers
}
if [[ "\${funcstack[1]}" == _sallyport ]]; then
  _sallyport "$@"
elif (( $+functions[compdef] )); then
  compdef _sallyport sallyport
fi
`;
}

/** Words that make the command longer. */
function pathCases(nodes: readonly Node[], word: string): string {
  const paths = nodes.map(({ path }) => path).filter((path) => path !== "");
  return `      ${paths.map(quoted).join(" | ")}) command="\${command:+$command }\${${word}}" ;;`;
}

/** A candidate of zsh's _describe: a colon ends its word. */
function described(word: string, summary: string): string {
  return quoted(`${word.replaceAll(":", "\\:")}:${summary}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
