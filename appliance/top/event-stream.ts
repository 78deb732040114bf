/** One event of a stream of server-sent events. */
export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/** Reads a stream of text/event-stream event by event. */
export async function* serverEvents(stream: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    rest += decoder.decode(chunk, { stream: true });
    for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
      yield eventOf(rest.slice(0, end));
      rest = rest.slice(end + 2);
    }
  }
}

function eventOf(text: string): ServerEvent {
  const fields = text.split("\n").map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")] as const;
  });
  const all = (name: string): string[] => fields.filter(([key]) => key === name).map(([, value]) => value);
  return { event: all("event").at(-1) ?? "message", data: all("data").join("\n") };
}
