import { ASSETS } from "../dashboard/assets.ts";
import { resource } from "../resource.ts";

/** The files of the dashboard; they hold nothing of the gateway and need no token. */
export function dashboardResource() {
  let paths = resource("Dashboard");
  for (const [path, answer] of Object.entries(ASSETS)) {
    paths = paths.get(path, answer, { detail: { hide: true } }) as unknown as typeof paths;
  }
  return paths;
}
