/** root and the gateway's own user are privileged on the socket; the configuration names those that are known. */
export type PeerRank = "privileged" | "known" | "unknown";
