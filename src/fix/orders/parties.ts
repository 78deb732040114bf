/** The group of parties, and its members. */
export const NO_PARTY_IDS = 453;
export const PARTY_ID = 448;
export const PARTY_ID_SOURCE = 447;
export const PARTY_ROLE = 452;

/*  Versions before 4.3 have no parties. They have fields for these roles, whose values are ids without a source (FIX 4.4
 *  Volume 6, PartyRole).
 */
export const FORMER_ROLES = new Int32Array([1, 3, 4]);
export const FORMER_TAGS = new Int32Array([76, 109, 439]);
/** PartyIDSource of a proprietary id. */
export const PROPRIETARY = "D".charCodeAt(0);
