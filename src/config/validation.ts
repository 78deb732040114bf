import { Type } from "@sinclair/typebox";
import { flag } from "./fields.ts";

const file = (description: string) => Type.Optional(Type.String({ description, minLength: 1, maxLength: 1024 }));

/** Checks of a peer's messages; the names are those of QuickFIX. */
const switches = (strict: boolean) => ({
  validateFieldsOutOfOrder: flag(
    "Require the order header, body, trailer, and in groups the order of the dictionary.",
    { default: true },
  ),
  validateFieldsHaveValues: flag("Reject empty fields.", { default: true }),
  validateUserDefinedFields: flag("Require that tags from 5000 are in the dictionary, for this message.", {
    default: strict,
  }),
  checkRequiredTags: flag("Require all required fields.", { default: true }),
  allowUnknownMsgFields: flag("Ignore tags below 5000 that are not in the dictionary for this message.", {
    default: !strict,
  }),
  rejectInvalidMessage: flag("Reject an invalid message; false: use its readable fields.", {
    default: strict,
  }),
  dictionary: file(
    "XML dictionary of the peer's dialect in QuickFIX's format, relative to the working directory of the start. Default: the built-in tables of the session's version.",
  ),
  transportDictionary: file(
    "The same for the session layer over FIXT.1.1. Default: that part of dictionary, else the built-in one.",
  ),
});

export const clientValidation = {
  validate: flag("Check messages against a dictionary.", { default: true }),
  ...switches(true),
};

/** A rejected report of a venue may be an unknown fill, so a venue's messages are not checked by default. */
export const venueValidation = {
  validate: flag("Check messages against a dictionary.", { fallback: "true when dictionary names a file" }),
  ...switches(false),
};
