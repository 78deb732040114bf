/*  A set of routing rules. Bit i of ROUTE_BITS bytes stands for rule i.
 *
 *  byte 0           4                 8              16       32          64                 320                    ROUTE_SET_BYTES
 *       ┌───────────┬─────────────────┬──────────────┬────────┬───────────┬──────────────────┬──────────────────────────┐
 *       │ ruleCount │ conditionCount  │ textCounts   │ digest │ all rules │ 7 × conditioned  │ tables, rows, conditions │
 *       └───────────┴─────────────────┴──────────────┴────────┴───────────┴──────────────────┴──────────────────────────┘
 *  textCounts   ints: different values of SecurityType (167), and of ExDestination (100), that rules name
 *  digest       of the rules, by which the main thread knows them (core/routing-rules.ts)
 *  conditioned  by condition (ROUTE_OF_…): the rules that have one
 */
export const MOST_RULES = 256;
export const ROUTE_BITS = 32;
/** Accounts and symbols that rules name, over all rules; and as many SecurityTypes, and ExDestinations. */
export const MOST_NAME_CONDITIONS = 4096;
export const MOST_TEXT_CONDITIONS = 256;
/** Longest SecurityType or ExDestination of a rule. */
export const ROUTE_TEXT_BYTES = 16;
/** The primary venue of a rule and its fallbacks. */
export const MOST_ROUTE_VENUES = 8;
export const ROUTE_RULE_COUNT = 0;
export const ROUTE_CONDITION_COUNT = 4;
export const ROUTE_TEXT_COUNTS = 8;
export const ROUTE_DIGEST = 16;
export const ROUTE_ALL = 32;
export const ROUTE_CONDITIONED = 64;
/** By character: rules that fit the type of an order, and its side. */
export const ROUTE_TYPES = 320;
export const ROUTE_SIDES = ROUTE_TYPES + 256 * ROUTE_BITS;
/** Values of SecurityType (167) and behind them of ExDestination (100), ROUTE_TEXT_BYTES each; the rules that fit each. */
export const ROUTE_TEXTS = ROUTE_SIDES + 256 * ROUTE_BITS;
export const ROUTE_TEXT_BITS = ROUTE_TEXTS + 2 * MOST_TEXT_CONDITIONS * ROUTE_TEXT_BYTES;
/**
 * ROUTE_RULE_BYTES each: quantities (1e-8, both included), how many venues, their ids; how they share orders (ROUTE_SHARE_…, 0: they do not),
 * how many of them do, and the place of the one whose turn is next.
 */
export const ROUTE_RULES = ROUTE_TEXT_BITS + 2 * MOST_TEXT_CONDITIONS * ROUTE_BITS;
export const ROUTE_RULE_BYTES = 64;
export const ROUTE_SHARE = 52;
export const ROUTE_SHARED = 56;
export const ROUTE_TURN = 60;
/** Accounts and symbols as the rules name them, for those that come later: ROUTE_CONDITION_BYTES each. */
export const ROUTE_CONDITIONS = ROUTE_RULES + MOST_RULES * ROUTE_RULE_BYTES;
export const ROUTE_CONDITION_BYTES = 80;
export const ROUTE_SET_BYTES = ROUTE_CONDITIONS + MOST_NAME_CONDITIONS * ROUTE_CONDITION_BYTES;
