import type { Connection, Submittable } from "pg";
import type { Client } from "./pool.ts";

declare module "pg" {
  interface Connection {
    query(text: string): void;
    sendCopyFromChunk(chunk: Buffer): void;
    endCopyFrom(): void;
    sendCopyFail(reason: string): void;
  }
}

/** Runs a `COPY … FROM STDIN` and gives it all its bytes. */
export function copyIn(client: Client, sql: string, data: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(new CopyIn(sql, data, error => (error === undefined ? resolve() : reject(error))));
  });
}

/** What `pg` calls while this is the client's active query. */
class CopyIn implements Submittable {
  private readonly sql: string;
  private readonly data: Buffer;
  private readonly end: (error?: Error) => void;
  private error: Error | undefined;

  constructor(sql: string, data: Buffer, end: (error?: Error) => void) {
    this.sql = sql;
    this.data = data;
    this.end = end;
  }

  submit(connection: Connection): void {
    connection.query(this.sql);
  }

  handleCopyInResponse(connection: Connection): void {
    connection.sendCopyFromChunk(this.data);
    connection.endCopyFrom();
  }

  handleCommandComplete(): void {
    // How many rows there were is known; a count that differs would have been an error.
  }

  handleError(error: Error): void {
    this.error = error;
    this.end(error); // A lost connection never becomes ready again.
  }

  handleReadyForQuery(): void {
    this.end(this.error);
  }
}
