/** A process that starts a server, says which, and waits to be killed. */
import { startNats } from "./servers.ts";

const server = await startNats();
console.log(JSON.stringify({ pid: server.pid, dir: server.dir }));
setInterval(() => {}, 60_000);
