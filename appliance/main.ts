// The entry of the executable: of the process, and of each lane's worker, which loads nothing of the commands.
if (!Bun.isMainThread) {
  await import("../src/lane.ts");
} else {
  const { runCommandLine } = await import("./command-line.ts");
  process.exit(await runCommandLine(process.argv.slice(2), import.meta.url));
}
