// Entry of the executable: of the process, and of its workers, which load nothing of the commands.
if (!Bun.isMainThread) {
  await import("./worker.ts");
} else {
  const { nameProcess } = await import("./process-name.ts");
  if (process.argv[2] === "run") {
    // Before the commands are loaded: a restart costs least then. Without a compiler it fails, and the command says why.
    const { NO_GC_TIMER, restartWith } = await import("./run/engine-options.ts");
    await restartWith(NO_GC_TIMER).catch(() => {});
  }
  nameProcess();
  const { runCommandLine } = await import("./commands/command-line.ts");
  process.exit(await runCommandLine(process.argv.slice(2), import.meta.url));
}
