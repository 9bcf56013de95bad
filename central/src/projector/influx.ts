import { HttpError, InfluxDB, type Point } from "@influxdata/influxdb-client";
import { z } from "zod";
import { projectorLimits } from "./limits.ts";

/** Where and how InfluxDB is reached. `database` serves versions 1 and 3, `bucket` and `org` version 2. */
export interface InfluxOptions {
  readonly url: string;
  /** Major version. Without it the server is asked. */
  readonly version?: InfluxVersion | undefined;
  readonly database: string;
  readonly bucket: string;
  readonly org: string;
  readonly token: string;
}

export type InfluxVersion = "1" | "2" | "3";

/** InfluxDB did not answer, or not as it should; trying again later may help. */
export class InfluxUnavailable extends Error {
  override readonly name = "InfluxUnavailable";
}

/** InfluxDB took what it could of a write and refused the rest for good; the message is the server's. */
export class PointsRefused extends Error {
  override readonly name = "PointsRefused";
}

/** One connection to InfluxDB 1, 2 or 3: writes line protocol and asks in InfluxQL, which all three answer at `/query`. */
export class Influx {
  readonly #client: InfluxDB;
  readonly #options: InfluxOptions;
  #version: InfluxVersion | undefined;

  constructor(options: InfluxOptions) {
    this.#options = options;
    this.#version = options.version;
    this.#client = new InfluxDB({
      url: options.url,
      timeout: projectorLimits.influxTimeoutMs,
      ...(options.token === "" ? {} : { token: options.token }),
    });
  }

  /** Finds out the server's version and, on version 1, makes the database. Harmless when repeated. */
  async prepare(): Promise<InfluxVersion> {
    this.#version = this.#options.version ?? (await this.#askVersion());
    if (this.#version === "1") {
      await this.#send(
        "POST",
        `/query?q=${encodeURIComponent(`create database ${quoteName(this.#options.database)}`)}`,
      );
    }
    return this.#version;
  }

  /**
   * Writes points and returns when the server has them. The client's own buffer would try again for three minutes and then drop what
   * it holds; the ledger's cursor is our buffer, so it tries once and says what happened.
   *
   * Throws {@link InfluxUnavailable}, or {@link PointsRefused} when the server took what it could and will never take the rest.
   */
  async write(points: readonly Point[]): Promise<void> {
    if (points.length === 0) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let open = points.length;
    const api = this.#client.getWriteApi(this.#options.org, this.#options.bucket, "ns", {
      // One more than there are: a full buffer is sent by itself, and flush() would not wait for it.
      batchSize: points.length + 1,
      maxRetries: 0,
      flushInterval: 0,
      // Compression would cost more processor time on a small machine than the bytes cost its network.
      gzipThreshold: Number.MAX_SAFE_INTEGER,
      // Neither flush() nor close() waits for what is on its way; these two alone say what became of each line.
      writeSuccess: lines => {
        open -= lines.length;
        if (open === 0) resolve();
      },
      writeFailed: async error => reject(writeFailure(error, points.length)),
    });
    api.path = this.#writePath();
    api.writePoints([...points]);
    await api.flush();
    await promise;
    await api.close();
  }

  /** Asks in InfluxQL and gives the series of the first statement. Throws {@link InfluxUnavailable}. */
  async query(influxQl: string): Promise<readonly InfluxSeries[]> {
    const database = this.#version === "2" ? this.#options.bucket : this.#options.database;
    const path = `/query?db=${encodeURIComponent(database)}&epoch=ms&q=${encodeURIComponent(influxQl)}`;
    return parseSeries(await this.#send("GET", path));
  }

  /** Removes all points of a measurement where that can be asked for: on version 1. */
  async drop(name: string): Promise<void> {
    if (this.#version !== "1") return;
    const path = `/query?db=${encodeURIComponent(this.#options.database)}&q=`;
    parseSeries(await this.#send("POST", path + encodeURIComponent(`drop measurement ${quoteName(name)}`)));
  }

  #writePath(): string {
    const { database, bucket, org } = this.#options;
    if (this.#version === "1") return `/write?db=${encodeURIComponent(database)}&precision=ns`;
    const into = this.#version === "3" ? database : bucket;
    return `/api/v2/write?org=${encodeURIComponent(org)}&bucket=${encodeURIComponent(into)}&precision=ns`;
  }

  /** 1.x and 2.x name it in the answer to /ping, 3 there too; 2.x in front of a proxy that eats headers in /health. */
  async #askVersion(): Promise<InfluxVersion> {
    let named: string | string[] | undefined;
    await this.#send("GET", "/ping", headers => {
      named = headers["x-influxdb-version"];
    });
    const text = typeof named === "string" ? named : healthVersion(await this.#send("GET", "/health"));
    const [, major] = /^v?([123])\./.exec(text) ?? [];
    if (major === "1" || major === "2" || major === "3") return major;
    throw new InfluxUnavailable(
      `${this.#options.url} says that its version is ${JSON.stringify(text)}; set influx.version to 1, 2 or 3`,
    );
  }

  async #send(
    method: "GET" | "POST",
    path: string,
    onHeaders?: (headers: Readonly<Record<string, string | string[] | undefined>>) => void,
  ): Promise<unknown> {
    try {
      return await this.#client.transport.request(path, "", { method }, headers => onHeaders?.(headers));
    } catch (error) {
      throw new InfluxUnavailable(`InfluxDB failed when asked ${path.split("?")[0]}`, { cause: error });
    }
  }
}

export interface InfluxSeries {
  readonly tags: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
}

/** A string literal of InfluxQL. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** An identifier of InfluxQL. */
export function quoteName(name: string): string {
  return `"${name.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function writeFailure(error: Error, points: number): Error {
  // 400 and 422: the server has read the points, kept the good ones and names the fault of the others; it will do so again.
  if (error instanceof HttpError && (error.statusCode === 400 || error.statusCode === 422)) {
    return new PointsRefused(`InfluxDB refused some of ${points} points: ${error.message}`, { cause: error });
  }
  return new InfluxUnavailable(`InfluxDB failed when writing ${points} points`, { cause: error });
}

const Answer = z.object({
  results: z.array(
    z.object({
      error: z.string().optional(),
      series: z
        .array(
          z.object({
            tags: z.record(z.string(), z.string()).default({}),
            columns: z.array(z.string()),
            values: z.array(z.array(z.unknown())).default([]),
          }),
        )
        .default([]),
    }),
  ),
});

/** What went wrong with a statement stands in an answer of status 200. */
function parseSeries(answer: unknown): readonly InfluxSeries[] {
  const read = Answer.safeParse(answer);
  if (!read.success) throw new InfluxUnavailable(`InfluxDB gave an answer of another form: ${read.error.message}`);
  const [result] = read.data.results;
  if (result?.error !== undefined) throw new InfluxUnavailable(`InfluxDB refused a query: ${result.error}`);
  return result?.series ?? [];
}

function healthVersion(answer: unknown): string {
  const read = z.object({ version: z.string() }).safeParse(answer);
  return read.success ? read.data.version : "";
}
