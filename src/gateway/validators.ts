import { builtIn } from "../fix/dictionary/built-in.ts";
import type { DictionaryDescription } from "../fix/dictionary/description.ts";
import { Dictionary } from "../fix/dictionary/dictionary.ts";
import { Validator } from "../fix/dictionary/validator.ts";
import { GroupReader } from "../fix/orders/groups-in.ts";
import { GroupWriter } from "../fix/orders/groups-out.ts";
import { type FieldSettings, PeerFields } from "../fix/orders/message-fields.ts";
import type { Scanner } from "../fix/wire/scan.ts";
import { versionOf } from "../fix/wire/version.ts";
import type { Groups } from "../session/group-rings.ts";

/** Dictionaries of the sessions that name a file, by session; plain data for the lanes. */
export interface Dialects {
  readonly clients: Readonly<Record<string, DictionaryDescription>>;
  readonly venues: Readonly<Record<string, DictionaryDescription>>;
}

/** Settings of a session about validation. */
export interface ValidationConfig {
  readonly validate: boolean;
  readonly validateFieldsOutOfOrder: boolean;
  readonly validateFieldsHaveValues: boolean;
  readonly validateUserDefinedFields: boolean;
  readonly checkRequiredTags: boolean;
  readonly allowUnknownMsgFields: boolean;
  readonly rejectInvalidMessage: boolean;
}

/** Builds the validators of a lane's sessions; sessions with the same dictionary share its tables. */
export class Validators {
  private readonly compiled = new Map<string | DictionaryDescription, Dictionary>();
  private readonly groups = new Map<Dictionary, Omit<Groups, "fields">>();

  /** Validator of a session of a version such as "FIX.4.4", or null where validation is off. */
  build(config: ValidationConfig, version: string, dialect: DictionaryDescription | undefined): Validator | null {
    if (!config.validate) return null;
    return new Validator(this.dictionary(version, dialect), {
      fieldsOutOfOrder: config.validateFieldsOutOfOrder,
      fieldsHaveValues: config.validateFieldsHaveValues,
      userDefinedFields: config.validateUserDefinedFields,
      requiredTags: config.checkRequiredTags,
      allowUnknownMsgFields: config.allowUnknownMsgFields,
      rejectInvalidMessage: config.rejectInvalidMessage,
    });
  }

  /**
   * What a session needs for fields beside records, with or without validation; `scan` notes groups from now on. `changes` is what
   * a venue's configuration says about fields.
   */
  groupsOf(
    config: ValidationConfig,
    version: string,
    dialect: DictionaryDescription | undefined,
    scan: Scanner,
    changes: FieldSettings | null,
  ): Groups {
    const dictionary = this.dictionary(version, dialect);
    let groups = this.groups.get(dictionary);
    if (groups === undefined) {
      groups = { reader: new GroupReader(dictionary, scan.mostFields), writer: new GroupWriter(dictionary, scan) };
      this.groups.set(dictionary, groups);
      scan.expectGroups(dictionary.countTags);
    }
    const passes = {
      user: !config.validate || !config.validateUserDefinedFields,
      unknown: !config.validate || config.allowUnknownMsgFields,
    };
    return { ...groups, fields: new PeerFields(dictionary, versionOf(version), passes, changes) };
  }

  private dictionary(version: string, dialect: DictionaryDescription | undefined): Dictionary {
    const key = dialect ?? version;
    const known = this.compiled.get(key);
    if (known !== undefined) return known;
    const dictionary = new Dictionary(dialect ?? builtIn(version)!);
    this.compiled.set(key, dictionary);
    return dictionary;
  }
}
