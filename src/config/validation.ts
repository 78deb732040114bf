import { Type } from "@sinclair/typebox";
import { flag } from "./fields.ts";

const file = (description: string) => Type.Optional(Type.String({ description, minLength: 1, maxLength: 1024 }));

/** How the messages of a session's peer are checked; the names are those that QuickFIX gives its switches. */
const switches = (strict: boolean) => ({
  validateFieldsOutOfOrder: flag(
    "Header, body and trailer come in this order, and the fields of a group in the dictionary's.",
    { default: true },
  ),
  validateFieldsHaveValues: flag("No field is empty.", { default: true }),
  validateUserDefinedFields: flag("Tags from 5000 on must be in the dictionary, and in the message.", {
    default: strict,
  }),
  checkRequiredTags: flag("What is required is there.", { default: true }),
  allowUnknownMsgFields: flag("Tags below 5000 that the message does not have are passed over.", {
    default: !strict,
  }),
  rejectInvalidMessage: flag("A message with a fault is rejected; false: it is taken as far as it can be read.", {
    default: strict,
  }),
  dictionary: file(
    "XML dictionary of the peer's dialect in QuickFIX's format, relative to where the gateway is started; left out: the built-in tables of the session's version.",
  ),
  transportDictionary: file(
    "The same for the session layer over FIXT.1.1; left out: what dictionary has of it, else the built-in one.",
  ),
});

export const clientValidation = {
  validate: flag("Messages are checked against a dictionary.", { default: true }),
  ...switches(true),
};

/** A venue's report that is rejected is a fill that is not known, so venues are taken as they are unless asked for. */
export const venueValidation = {
  validate: flag("Messages are checked against a dictionary.", { fallback: "true when dictionary names a file" }),
  ...switches(false),
};
