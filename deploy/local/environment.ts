/** Our environment without the settings in it: one that is meant for central would be a fault to an edge. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith("TALLYGATE_") || name === "TALLYGATE_LOG_LEVEL",
  );
  return Object.fromEntries(kept);
}
