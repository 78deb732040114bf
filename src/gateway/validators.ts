import { builtIn } from "../fix/dictionary/built-in.ts";
import type { DictionaryDescription } from "../fix/dictionary/description.ts";
import { Dictionary } from "../fix/dictionary/dictionary.ts";
import { type Strictness, Validator } from "../fix/dictionary/validator.ts";
import { CodecRules } from "../fix/orders/codec-rules.ts";
import { GroupReader } from "../fix/orders/groups-in.ts";
import { GroupWriter } from "../fix/orders/groups-out.ts";
import { changedTags, type FieldSettings, PeerFields } from "../fix/orders/message-fields.ts";
import { SharedRules } from "../fix/orders/place-rules.ts";
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

/** Builds the validators of a lane's sessions; sessions with the same dictionary and settings share them. */
export class Validators {
  /** By dictionary, and by the settings as text. */
  private readonly validators = new Map<Dictionary, Map<string, Validator>>();
  private readonly fields = new Map<Dictionary, Map<string, PeerFields>>();
  private readonly compiled = new Map<string | DictionaryDescription, Dictionary>();
  private readonly groups = new Map<Dictionary, Omit<Groups, "fields">>();
  private readonly shared = new Map<Dictionary, SharedRules>();

  /** Rules are placed in the memory of the scanner's codec, if any. */
  constructor(private readonly scan: Scanner) {}

  /** Validator of a session of a version such as "FIX.4.4", or null where validation is off. */
  build(config: ValidationConfig, version: string, dialect: DictionaryDescription | undefined): Validator | null {
    if (!config.validate) return null;
    const dictionary = this.dictionary(version, dialect);
    const strict: Strictness = {
      fieldsOutOfOrder: config.validateFieldsOutOfOrder,
      fieldsHaveValues: config.validateFieldsHaveValues,
      userDefinedFields: config.validateUserDefinedFields,
      requiredTags: config.checkRequiredTags,
      allowUnknownMsgFields: config.allowUnknownMsgFields,
      rejectInvalidMessage: config.rejectInvalidMessage,
    };
    const make = (): Validator => new Validator(dictionary, strict, this.groupsWith(dictionary).rules);
    return shared(this.validators, dictionary, strict, make);
  }

  /**
   * What a session needs for fields beside records, with or without validation. `changes` is
   * what a venue's configuration says about fields; `mapped` are tags whose values may be others at the venue.
   */
  groupsOf(
    config: ValidationConfig,
    version: string,
    dialect: DictionaryDescription | undefined,
    changes: FieldSettings | null,
    mapped: readonly number[] = [],
  ): Groups {
    const dictionary = this.dictionary(version, dialect);
    const groups = this.groupsWith(dictionary);
    const passes = {
      user: !config.validate || !config.validateUserDefinedFields,
      unknown: !config.validate || config.allowUnknownMsgFields,
    };
    const make = (): PeerFields => {
      const changed = [...(changes === null ? [] : changedTags(changes)), ...mapped];
      const rules = changed.length === 0 ? groups.rules : this.rules(dictionary, changed);
      return new PeerFields(dictionary, versionOf(version), passes, changes, rules);
    };
    return { ...groups, fields: shared(this.fields, dictionary, { version, passes, changes, mapped }, make) };
  }

  private groupsWith(dictionary: Dictionary): Omit<Groups, "fields"> {
    const known = this.groups.get(dictionary);
    if (known !== undefined) return known;
    const { scan } = this;
    const reader = new GroupReader(dictionary, scan.mostFields);
    const groups = { reader, writer: new GroupWriter(dictionary, scan), rules: this.rules(dictionary, []) };
    this.groups.set(dictionary, groups);
    return groups;
  }

  /** The dictionary's rules in the codec; `odd` are tags that the codec must not pass on. */
  private rules(dictionary: Dictionary, odd: readonly number[]): CodecRules | null {
    const { codec } = this.scan;
    if (codec === null) return null;
    const shared = this.shared.get(dictionary) ?? new SharedRules(codec.rules, dictionary);
    this.shared.set(dictionary, shared);
    return new CodecRules(codec.rules, dictionary, shared, odd);
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

/** What was made before for this dictionary and these settings, or a new one. */
function shared<T>(known: Map<Dictionary, Map<string, T>>, dictionary: Dictionary, settings: object, make: () => T): T {
  const ofDictionary = known.get(dictionary) ?? new Map<string, T>();
  known.set(dictionary, ofDictionary);
  const key = JSON.stringify(settings);
  const one = ofDictionary.get(key) ?? make();
  ofDictionary.set(key, one);
  return one;
}
