import { type DictionaryDescription, SESSION_TYPES, tagsOf } from "../description.ts";

/**
 * Combines an application dictionary and a session dictionary, which are separate files from FIX 5.0 on. The application
 * dictionary has priority.
 */
export function withTransport(
  application: DictionaryDescription,
  transport: DictionaryDescription,
): DictionaryDescription {
  const tags = new Set(application.fields.map(({ tag }) => tag));
  const types = new Set(application.messages.map(({ msgType }) => msgType));
  const header = application.header.length > 0 ? application.header : transport.header;
  const trailer = application.trailer.length > 0 ? application.trailer : transport.trailer;
  const session = transport.messages.filter(({ msgType }) => SESSION_TYPES.includes(msgType) && !types.has(msgType));
  // Only the fields that these messages use: other fields are not part of the dialect.
  const used = new Set([header, trailer, ...session.map(({ members }) => members ?? [])].flatMap(tagsOf));
  return {
    name: application.name,
    fields: [...application.fields, ...transport.fields.filter(({ tag }) => used.has(tag) && !tags.has(tag))],
    header,
    trailer,
    messages: [...application.messages, ...session],
    ...(transport.transportTags === undefined ? {} : { transportTags: transport.transportTags }),
  };
}
