import type { Scanner } from "../wire/scan.ts";
import { SessionTexts } from "../wire/session-texts.ts";
import * as tag from "../wire/tags.ts";
import { headerText } from "../wire/version.ts";
import type { HeaderText, Writer } from "../wire/write.ts";
import { Identity } from "./identity.ts";
import { latencyUs } from "./options.ts";
import { Outgoing, type SessionHost, type SessionProfile } from "./outgoing.ts";

/** Whose a session is: the counterparty's CompID, and what is from it. */
export abstract class Addressed extends Outgoing {
  protected identity: Identity;
  /** What all that it sends begins with. */
  ownTexts: SessionTexts;
  /** The counterparty's CompID; empty while a dynamic session has no client yet. */
  peerCompId: string;

  constructor(profile: SessionProfile, host: SessionHost, writer: Writer) {
    super(profile, host, writer);
    this.peerCompId = profile.peerCompId;
    this.identity = this.identityOf(profile.peerCompId);
    this.ownTexts = textsOf(this.header);
  }

  /** True when a first message is a Logon from this session's peer to us. */
  isLogonOf(scan: Scanner): boolean {
    if (this.peerCompId === "") return false;
    return scan.msgType === tag.LOGON && this.identity.rightBegin(scan) && this.identity.rightCompIds(scan);
  }

  /** True when a session that has no client yet could be that of a Logon's sender. */
  couldBeOf(scan: Scanner): boolean {
    if (this.peerCompId !== "") return false;
    return scan.msgType === tag.LOGON && this.identity.rightBegin(scan) && this.identity.isForUs(scan);
  }

  /** Gives a session that has no client yet its client, for good. Cold: once a session. */
  adopt(peerCompId: string): void {
    this.peerCompId = peerCompId;
    this.header = headerText(this.profile.version, this.profile.compId, peerCompId);
    this.identity = this.identityOf(peerCompId);
    this.ownTexts = textsOf(this.header);
  }

  /** What all that the peer sends begins with. */
  get peerTexts(): SessionTexts {
    return this.identity.texts;
  }

  /** Cold: once a session. */
  private identityOf(peerCompId: string): Identity {
    return new Identity(this.profile.version, peerCompId, this.profile.compId, latencyUs(this.options));
  }
}

/** Cold: once a session. */
function textsOf({ begin, sender, target }: HeaderText): SessionTexts {
  return new SessionTexts(begin, sender, target);
}
