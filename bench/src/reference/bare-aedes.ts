import { createServer } from "node:net";
import { Aedes } from "aedes";

/** A broker that answers at once and does nothing else. Its port is the first argument. */
const broker = await Aedes.createBroker();
createServer(broker.handle).listen(Number(process.argv[2]), "127.0.0.1", () => console.log("ready"));
