import type { RoleName } from "../config/admin.ts";

/** What each role may do. */
const PERMITS: Readonly<Record<RoleName, readonly RoleName[]>> = {
  view: ["view"],
  operate: ["view", "operate"],
  risk: ["view", "risk"],
  admin: ["view", "operate", "risk", "admin"],
};

export function permits(role: RoleName, needed: RoleName): boolean {
  return PERMITS[role].includes(needed);
}

/** The roles that may do what needs this one. */
export function rolesFor(needed: RoleName): RoleName[] {
  return (Object.keys(PERMITS) as RoleName[]).filter((role) => permits(role, needed));
}
