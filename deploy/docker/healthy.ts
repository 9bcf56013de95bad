/** A container's health check: ends with 0 when the address answers well. `node deploy/docker/healthy.ts URL`. */
const [url = ""] = process.argv.slice(2);
const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
process.exitCode = answer?.ok ? 0 : 1;
