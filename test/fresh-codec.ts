// Run before any test (bunfig.toml): tests use the codec of the sources that are there.
import { assembleIfStale } from "../appliance/assemble.ts";

await assembleIfStale();
