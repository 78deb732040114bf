// Entry of the executable: of the process, and of its workers, which load nothing of the commands.
if (!Bun.isMainThread) {
  await import("./worker.ts");
} else {
  const { nameProcess } = await import("./process-name.ts");
  nameProcess();
  const { runCommandLine } = await import("./commands/command-line.ts");
  process.exit(await runCommandLine(process.argv.slice(2), import.meta.url));
}
