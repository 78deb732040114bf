import { addressOf } from "../../../ffi/memory.ts";
import { BEGIN_TEXT_AT, LONGEST_TEXT, SENDER_TEXT_AT, TARGET_TEXT_AT, TEXTS_BYTES } from "./codec/layout.ts";

/** The constant header texts of a session's messages, in the codec's layout (codec/layout.ts). */
export class SessionTexts {
  readonly address: number;

  /** Encodes the texts; one object for each session. */
  constructor(begin: Uint8Array, sender: Uint8Array, target: Uint8Array) {
    const buffer = new ArrayBuffer(TEXTS_BYTES);
    const bytes = new Uint8Array(buffer);
    const places = [BEGIN_TEXT_AT, SENDER_TEXT_AT, TARGET_TEXT_AT];
    for (const [i, text] of [begin, sender, target].entries()) {
      if (text.length > LONGEST_TEXT)
        throw new RangeError(`a CompID with its tag: expected at most ${LONGEST_TEXT} bytes, got ${text.length}`);
      bytes[i] = text.length;
      bytes.set(text, places[i]);
    }
    this.address = addressOf(buffer);
  }
}
