// Run before any test (bunfig.toml): tests use the codec of the sources that are there.
import { assembleIfStale } from "../appliance/build/assemble.ts";

await assembleIfStale();
