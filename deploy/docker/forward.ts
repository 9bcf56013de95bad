/**
 * Makes servers that listen on the loopback of a container reachable under the container's own address, where Docker passes
 * published ports to: `node deploy/docker/forward.ts PORT…`.
 */
import { once } from "node:events";
import { openForwarder, outsideAddresses } from "./forwarder.ts";

const ports = process.argv.slice(2).map(Number);
if (ports.length === 0 || ports.some(port => !Number.isInteger(port) || port < 1 || port > 65_535)) {
  process.stderr.write("Which ports? node deploy/docker/forward.ts PORT…\n");
  process.exit(2);
}
await using _forwarder = await openForwarder({ hosts: outsideAddresses(), ports });
const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stopping.abort());
if (!stopping.signal.aborted) await once(stopping.signal, "abort");
