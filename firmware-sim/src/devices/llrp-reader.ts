import { EventEmitter, once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { Log } from "@tallygate/kit";
import { llrp } from "@tallygate/protocol";
import { limits } from "../limits.ts";
import type { Counts } from "./device.ts";
import { capabilities, type HeardTag, notification, statusOf, tagReport } from "./llrp-messages.ts";
import { type RoSpec, RoSpecs } from "./llrp-rospecs.ts";

const { codes, firstOf, statuses, versions } = llrp;

export interface LlrpReaderOptions {
  readonly host: string;
  readonly port: number;
  readonly antennas: number;
  readonly inputs: number;
  /** Highest version that the reader speaks: 1 is LLRP 1.0.1, 2 is 1.1. */
  readonly version: number;
  /** Tags kept until a client has taken them. When they are so many, `hasRoom()` is false and nothing is thrown away. */
  readonly bufferMax: number;
  /** The reader's own clock. */
  readonly nowMs: () => number;
  readonly log: Log;
}

interface Pending {
  readonly parameter: llrp.Parameter;
  isResent: boolean;
}

interface Client {
  readonly socket: Socket;
  version: number;
  /** Reports and events wait until the client is ready for them. */
  isHeld: boolean;
  keepalive: NodeJS.Timeout | undefined;
}

/**
 * A fixed reader that speaks LLRP: takes one client, keeps its ROSpecs and what it hears while nobody is there, and tells the
 * next client, with the times at which it was heard. LLRP acknowledges no report: what the system has taken is sent.
 *
 * Modes: *listening* (no client) → *held* (a client that must ask for reports first) → *serving* → *listening* … → *off*.
 */
export class LlrpReader implements AsyncDisposable {
  readonly #options: LlrpReaderOptions;
  readonly #events = new EventEmitter();
  #server: Server | undefined;
  #port: number;
  #client: Client | undefined;
  #specs: RoSpecs;
  #isHolding = false;
  #told = new Set<number>();
  #waiting: Pending[] = [];
  #underway = 0;
  #nextId = 1;
  #made = 0;
  #sent = 0;
  #answered = 0;
  #resent = 0;

  constructor(options: LlrpReaderOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#events.setMaxListeners(0);
    this.#specs = this.#newSpecs();
  }

  get port(): number {
    return this.#port;
  }

  /** Switches the reader on. After `off()` it has forgotten its ROSpecs and configuration, and kept its reports. */
  async on(): Promise<void> {
    const server = createServer(socket => this.#greet(socket));
    this.#server = server;
    server.listen({ host: this.#options.host, port: this.#port });
    await once(server, "listening");
    const address = server.address();
    if (typeof address === "object" && address !== null) this.#port = address.port;
  }

  async off(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#specs[Symbol.dispose]();
    this.#specs = this.#newSpecs();
    this.#isHolding = false;
    this.#told = new Set();
    this.#client?.socket.destroy();
    if (server?.listening) await new Promise<void>(resolve => server.close(() => resolve()));
  }

  /** A tag was heard; true when an inventory was there to hear it. */
  hear(tag: HeardTag): boolean {
    const spec = this.#specs.hearing(tag.antenna);
    if (spec === undefined) return false;
    this.#made++;
    this.#waiting.push({ parameter: tagReport(tag, spec.contents), isResent: false });
    if (spec.reportTags > 0 && this.#waiting.length >= spec.reportTags) this.#flush();
    return true;
  }

  input(port: number, high: boolean): void {
    this.#tell(codes.eventGpi, { name: "GPIEvent", port, high });
    this.#specs.input(port, high);
  }

  hasRoom(): boolean {
    return this.#specs.isArmed && this.#waiting.length + this.#underway < this.#options.bufferMax;
  }

  room(signal: AbortSignal): Promise<void> {
    return this.#until(() => this.hasRoom(), signal);
  }

  settle(signal: AbortSignal): Promise<void> {
    return this.#until(() => this.#waiting.length + this.#underway === 0, signal);
  }

  /** Reports what waits only for more. */
  flush(): void {
    this.#flush();
  }

  counts(): Counts {
    return {
      made: this.#made,
      sent: this.#sent,
      answered: this.#answered,
      resent: this.#resent,
      pending: this.#waiting.length + this.#underway,
      readings: this.#made,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.off();
  }

  async #until(isSo: () => boolean, signal: AbortSignal): Promise<void> {
    while (!isSo() && !signal.aborted) {
      await once(this.#events, "changed", { signal }).catch(() => undefined);
    }
  }

  #newSpecs(): RoSpecs {
    return new RoSpecs((event, spec) => this.#specChanged(event, spec));
  }

  #specChanged(event: number, { id }: RoSpec): void {
    if (event === codes.roSpecEnded) this.#flush();
    this.#tell(codes.eventRoSpec, { name: "ROSpecEvent", event, roSpecId: id, preemptingRoSpecId: 0 });
    this.#events.emit("changed");
  }

  #greet(socket: Socket): void {
    socket.on("error", error => this.#options.log.debug({ err: error }, "The client is gone."));
    socket.setNoDelay(true);
    const greet = (to: Socket, status: number) => {
      const body = notification({ name: "ConnectionAttemptEvent", status }, this.#options.nowMs());
      to.write(llrp.encodeMessage(body, { version: versions.v1_0_1, id: this.#nextId++ }));
    };
    if (this.#client !== undefined) {
      greet(socket, codes.connectionClientInitiated);
      greet(this.#client.socket, codes.connectionOtherTried);
      socket.resume().end();
      return;
    }
    const client: Client = { socket, version: versions.v1_0_1, isHeld: this.#isHolding, keepalive: undefined };
    this.#client = client;
    const framer = new llrp.Framer();
    socket.on("close", () => this.#gone(client));
    socket.on("drain", () => this.#flush());
    socket.on("data", chunk => {
      for (const message of framer.push(chunk)) this.#take(client, message);
      if (framer.fault !== undefined) socket.destroy();
    });
    greet(socket, codes.connectionAccepted);
  }

  #gone(client: Client): void {
    clearInterval(client.keepalive);
    if (this.#client === client) this.#client = undefined;
  }

  #take(client: Client, message: Uint8Array): void {
    const { header, body } = llrp.decodeMessage(message);
    const answer = this.#answerTo(client, header, body);
    if (answer !== undefined) this.#write(client, answer, header.id);
    if (body?.name === "CLOSE_CONNECTION") client.socket.end();
    if (body?.name === "ENABLE_EVENTS_AND_REPORTS") client.isHeld = false;
    if (body?.name === "ENABLE_EVENTS_AND_REPORTS" || body?.name === "GET_REPORT") this.#flush();
    this.#events.emit("changed");
  }

  #answerTo(client: Client, header: llrp.Header, body: llrp.MessageBody | undefined): llrp.MessageBody | undefined {
    const error = (status: number): llrp.MessageBody => ({ name: "ERROR_MESSAGE", parameters: [statusOf(status)] });
    if (header.version > this.#options.version) return error(statuses.unsupportedVersion);
    switch (body?.name) {
      case "GET_SUPPORTED_VERSION": {
        const [currentVersion, supportedVersion] = [client.version, this.#options.version];
        const parameters = [statusOf(statuses.success)];
        return { name: "GET_SUPPORTED_VERSION_RESPONSE", currentVersion, supportedVersion, parameters };
      }
      case "SET_PROTOCOL_VERSION":
        client.version = body.protocolVersion;
        return done("SET_PROTOCOL_VERSION_RESPONSE", statuses.success);
      case "GET_READER_CAPABILITIES":
        return capabilities(this.#options.antennas, this.#options.inputs);
      case "GET_READER_CONFIG": {
        const antennas = Array.from({ length: this.#options.antennas }, (_, index): llrp.Parameter => {
          return { name: "AntennaProperties", antennaId: index + 1, connected: true, gainCdbi: 600 };
        });
        return { name: "GET_READER_CONFIG_RESPONSE", parameters: [statusOf(statuses.success), ...antennas] };
      }
      case "SET_READER_CONFIG":
        this.#configure(client, body.parameters);
        return done("SET_READER_CONFIG_RESPONSE", statuses.success);
      case "ADD_ROSPEC":
        return done("ADD_ROSPEC_RESPONSE", this.#specs.add(firstOf(body.parameters, "ROSpec")));
      case "DELETE_ROSPEC":
        return done("DELETE_ROSPEC_RESPONSE", this.#specs.delete(body.roSpecId));
      case "ENABLE_ROSPEC":
        return done("ENABLE_ROSPEC_RESPONSE", this.#specs.enable(body.roSpecId));
      case "DISABLE_ROSPEC":
        return done("DISABLE_ROSPEC_RESPONSE", this.#specs.disable(body.roSpecId));
      case "START_ROSPEC":
        return done("START_ROSPEC_RESPONSE", this.#specs.start(body.roSpecId));
      case "STOP_ROSPEC":
        return done("STOP_ROSPEC_RESPONSE", this.#specs.stop(body.roSpecId));
      case "DELETE_ACCESSSPEC":
        return done("DELETE_ACCESSSPEC_RESPONSE", statuses.success);
      case "CLOSE_CONNECTION":
        return done("CLOSE_CONNECTION_RESPONSE", statuses.success);
      case "KEEPALIVE_ACK":
      case "GET_REPORT":
      case "ENABLE_EVENTS_AND_REPORTS":
        return undefined;
      default:
        return error(statuses.unsupportedMessage);
    }
  }

  #configure(client: Client, parameters: readonly llrp.Parameter[]): void {
    const hold = firstOf(parameters, "EventsAndReports");
    if (hold !== undefined) this.#isHolding = hold.hold;
    const spec = firstOf(parameters, "ReaderEventNotificationSpec");
    for (const { event, enabled } of llrp.allOf(spec?.parameters, "EventNotificationState")) {
      if (enabled) this.#told.add(event);
      else this.#told.delete(event);
    }
    const keepalive = firstOf(parameters, "KeepaliveSpec");
    if (keepalive === undefined) return;
    clearInterval(client.keepalive);
    if (keepalive.trigger !== codes.keepalivePeriodic || keepalive.periodMs === 0) return;
    client.keepalive = setInterval(() => this.#write(client, { name: "KEEPALIVE" }), keepalive.periodMs).unref();
  }

  #tell(kind: number, event: llrp.Parameter): void {
    const client = this.#client;
    if (client === undefined || client.isHeld || !this.#told.has(kind)) return;
    this.#write(client, notification(event, this.#options.nowMs()));
  }

  #write({ socket, version }: Client, body: llrp.MessageBody, id = this.#nextId++): void {
    if (socket.writable) socket.write(llrp.encodeMessage(body, { version, id }));
  }

  /** Reports what waits, as long as the client takes it; what the system has not taken when it goes, waits again. */
  #flush(): void {
    const client = this.#client;
    if (client === undefined || client.isHeld) return;
    const { socket, version } = client;
    while (this.#waiting.length > 0 && socket.writable && !socket.writableNeedDrain) {
      const tags = this.#waiting.splice(0, limits.llrpReportTagsMax);
      this.#underway += tags.length;
      this.#sent += tags.length;
      for (const tag of tags) if (tag.isResent) this.#resent++;
      const body: llrp.MessageBody = { name: "RO_ACCESS_REPORT", parameters: tags.map(({ parameter }) => parameter) };
      socket.write(llrp.encodeMessage(body, { version, id: this.#nextId++ }), error => {
        this.#underway -= tags.length;
        if (error) this.#waiting.unshift(...tags.map(({ parameter }) => ({ parameter, isResent: true })));
        else this.#answered += tags.length;
        this.#events.emit("changed");
      });
    }
  }
}

function done<N extends llrp.MessageName>(name: N, status: number): { name: N; parameters: llrp.Parameter[] } {
  return { name, parameters: [statusOf(status)] };
}
