import { pathText } from "../../config/problem.ts";
import type { GatewayConfig } from "../../config/schema.ts";
import type { CommandOutcome, Commands } from "../../control/commands.ts";
import { changeCommand } from "../../control/setting-changes.ts";
import { ACCOUNTS, SYMBOLS } from "../../core/assembly/layout.ts";
import type { AccountLimits, SymbolTerms } from "../../core/config.ts";
import { ACCOUNT_SETTINGS, SETTINGS, type SettingKind, SYMBOL_SETTINGS } from "../../core/risk/settings.ts";
import type { JournalNames } from "../../journal/store/names.ts";
import type { CoreChange } from "../../record/setting-changes.ts";
import { coreConfig } from "../../recovery/recovery.ts";
import type { Reloadable } from "../reload.ts";
import type { CoreState } from "./core-state.ts";
import { settingValue } from "./setting-values.ts";

/** Who changes the file's values, for the journal. */
const BY = "reload";
/** Tables of the configuration, by what its settings are of. */
const TABLES: Readonly<Record<number, readonly string[]>> = {
  [ACCOUNTS]: ["risk", "accounts"],
  [SYMBOLS]: ["symbols"],
};

/** A change, and the value that the file had. */
interface FileChange extends CoreChange {
  readonly before: bigint;
}

/** Gives the core the file's limits of accounts and properties of symbols while it works. Operators' values stay. */
export class LimitReload implements Reloadable {
  constructor(
    private readonly core: CoreState,
    private readonly commands: Pick<Commands, "send">,
    private readonly names: Pick<JournalNames, "clients" | "venues">,
  ) {}

  /** Keys whose value an operator has set, and what it is. */
  readonly held = (): ReadonlyMap<string, string> => {
    const held = new Map<string, string>();
    for (const subject of [ACCOUNTS, SYMBOLS])
      for (const name of this.core.reader.names(subject))
        for (const [i, kind] of (SETTINGS[subject]! as readonly SettingKind<never>[]).entries()) {
          const setting = this.core.reader.settings(subject, name)!.aim(0, i);
          if (!setting.isSet || kind.isKill === true) continue;
          const by = setting.by === "" ? "an operator" : setting.by;
          const value = JSON.stringify(settingValue(kind, setting.value));
          held.set(
            pathText([...TABLES[subject]!, name, kind.name]),
            `${by} has set ${value}, which stays until it is reset`,
          );
        }
    return held;
  };

  readonly apply = async (config: GatewayConfig): Promise<string | null> => {
    const done: FileChange[] = [];
    for (const batch of batches(this.changes(config))) {
      const outcome = await this.send(batch);
      if (outcome.applied) {
        done.push(...batch);
        continue;
      }
      const undone = await this.undo(done);
      const { subject, name } = batch[outcome.value] ?? batch[0]!;
      return `${pathText([...TABLES[subject]!, name])}: ${outcome.reason}${undone}`;
    }
    return null;
  };

  /** What the file has otherwise than the core. */
  private changes(config: GatewayConfig): FileChange[] {
    const { accounts, symbols } = coreConfig(config, this.names.clients, this.names.venues);
    return [
      ...accounts.flatMap((account: AccountLimits) => this.changesOf(ACCOUNTS, ACCOUNT_SETTINGS, account)),
      ...symbols.flatMap((symbol: SymbolTerms) => this.changesOf(SYMBOLS, SYMBOL_SETTINGS, symbol)),
    ];
  }

  private changesOf<File extends { readonly name: string }>(
    subject: number,
    kinds: readonly SettingKind<File>[],
    file: File,
  ): FileChange[] {
    const table = this.core.reader.settings(subject, file.name);
    if (table === null) return [];
    return kinds.flatMap(({ ofFile }, setting): FileChange[] => {
      const value = ofFile(file);
      const before = table.aim(0, setting).fileValue;
      return value === before ? [] : [{ subject, name: file.name, setting, value, inFile: true, before }];
    });
  }

  private send(changes: readonly CoreChange[]): Promise<CommandOutcome> {
    return this.commands.send(changeCommand(changes, BY)!);
  }

  /** Returns  what there is to say about it, or "". */
  private async undo(done: readonly FileChange[]): Promise<string> {
    for (const batch of batches(done.map((change) => ({ ...change, value: change.before })))) {
      const { applied, reason } = await this.send(batch);
      if (!applied) return `; and what was changed before is in force: ${reason}`;
    }
    return "";
  }
}

/** Changes in as few commands as hold them; those of one account or symbol stay together. */
function batches(changes: readonly FileChange[]): FileChange[][] {
  const made: FileChange[][] = [];
  for (const group of Map.groupBy(changes, ({ subject, name }) => `${subject} ${name}`).values()) {
    const last = made.at(-1);
    if (last !== undefined && changeCommand([...last, ...group], BY) !== null) last.push(...group);
    else made.push([...group]);
  }
  return made;
}
