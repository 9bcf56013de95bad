import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createLog } from "@tallygate/kit";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { binaryArray, CopyWriter } from "./binary.ts";
import { copyIn } from "./copy-in.ts";
import { migrate, SchemaMismatch } from "./migrate.ts";
import { openPool } from "./pool.ts";
import { openTestServer, type TestServer } from "./testing.ts";
import { isUnavailable, Outdated, transaction } from "./transaction.ts";

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

describe("migrations", () => {
  async function folder(files: Readonly<Record<string, string>>) {
    const dir = await mkdtemp(join(tmpdir(), "migrations-"));
    for (const [name, sql] of Object.entries(files)) await writeFile(join(dir, name), sql);
    return { url: pathToFileURL(`${dir}/`), [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
  }

  test("processes that start together run each file once", async () => {
    await using database = await server.openEmpty();
    const pool = { url: database.url, size: 2, applicationName: "test", log: createLog("test", "silent") };
    const pools = [openPool(pool), openPool(pool), openPool(pool)];
    const ran = await Promise.all(pools.map(pool => migrate(pool)));
    expect(ran.filter(names => names.length > 0)).toHaveLength(1);
    for (const pool of pools) {
      expect(await migrate(pool)).toEqual([]);
      await pool.end();
    }
  });

  test("a file that failed leaves nothing, and those before it stay", async () => {
    await using database = await server.openEmpty();
    const { pool } = database;
    await using files = await folder({
      "0001-a.sql": "create table a (x integer)",
      "0002-b.sql": "create table b (x integer); select 1 / 0",
    });
    await expect(migrate(pool, files.url)).rejects.toThrow("0002-b.sql");
    expect((await pool.query("select name from migration")).rows).toEqual([{ name: "0001-a.sql" }]);
    expect((await pool.query("select to_regclass('b') as b")).rows).toEqual([{ b: null }]);
  });

  test("a newer schema and a changed file are refused in plain words", async () => {
    await using database = await server.openEmpty();
    const { pool } = database;
    await using both = await folder({ "0001-a.sql": "select 1", "0002-b.sql": "select 2" });
    await using older = await folder({ "0001-a.sql": "select 1" });
    await using changed = await folder({ "0001-a.sql": "select 7", "0002-b.sql": "select 2" });
    await migrate(pool, both.url);
    await expect(migrate(pool, older.url)).rejects.toThrow(/newer schema than this program \(0002-b.sql\)/);
    await expect(migrate(pool, changed.url)).rejects.toThrow(SchemaMismatch);
  });

  test("two files with one number are refused before anything runs", async () => {
    await using database = await server.openEmpty();
    const { pool } = database;
    await using files = await folder({ "0001-a.sql": "create table a (x integer)", "0001-b.sql": "select 1" });
    await expect(migrate(pool, files.url)).rejects.toThrow("0001-a.sql");
    expect((await pool.query("select to_regclass('a') as a")).rows).toEqual([{ a: null }]);
  });
});

describe("transactions", () => {
  test("work that is outdated is rolled back and run again", async () => {
    await using database = await server.open();
    let tries = 0;
    const result = await transaction(database.pool, async client => {
      tries += 1;
      await client.query("insert into site (code) values ($1)", [`try-${tries}`]);
      if (tries < 3) throw new Outdated("again");
      return tries;
    });
    expect(result).toBe(3);
    expect((await database.pool.query("select code from site")).rows).toEqual([{ code: "try-3" }]);
  });

  test("a deadlock is run again, and both are done", async () => {
    await using database = await server.open();
    await database.pool.query("insert into site (code) values ('a'), ('b')");
    const met = Promise.withResolvers<void>();
    let waiting = 0;
    const raise = (codes: readonly string[]) =>
      transaction(database.pool, async client => {
        for (const code of codes) {
          await client.query("update site set version = version + 1 where code = $1", [code]);
          waiting += 1;
          if (waiting === 2) met.resolve();
          await met.promise;
        }
      });
    await Promise.all([raise(["a", "b"]), raise(["b", "a"])]);
    expect((await database.pool.query("select version from site")).rows).toEqual([{ version: 2 }, { version: 2 }]);
  });

  test("a server that is not there is told from a statement that is wrong", async () => {
    await using database = await server.open();
    const nowhere = new pg.Pool({ connectionString: "postgres://postgres@127.0.0.1:1/none" });
    expect(isUnavailable(await nowhere.query("select 1").catch((error: unknown) => error))).toBe(true);
    expect(isUnavailable(await database.pool.query("select 1 / 0").catch((error: unknown) => error))).toBe(false);
    const killed = database.pool
      .query("select pg_terminate_backend(pg_backend_pid())")
      .catch((error: unknown) => error);
    expect(isUnavailable(await killed)).toBe(true);
    await nowhere.end();
  });
});

describe("binary values", () => {
  test("arrays arrive as they were, empty ones and nulls too", async () => {
    await using database = await server.open();
    const { rows } = await database.pool.query(
      "select $1::integer[] as i, $2::bigint[] as b, $3::text[] as t, $4::timestamptz[] as z, cardinality($5::text[]) as none",
      [
        binaryArray.integer([1, -2, undefined, 2_147_483_647]),
        binaryArray.bigint([9_007_199_254_740_991, -9_007_199_254_740_991, 0, undefined]),
        binaryArray.text(["", "ä€\u{1f4e6}", 'a"b\\c', undefined]),
        binaryArray.timestamptz([0, 1_788_785_436_194, undefined]),
        binaryArray.text([]),
      ],
    );
    expect(rows[0]).toEqual({
      i: [1, -2, null, 2_147_483_647],
      b: ["9007199254740991", "-9007199254740991", "0", null],
      t: ["", "ä€\u{1f4e6}", 'a"b\\c', null],
      z: [new Date(0), new Date(1_788_785_436_194), null],
      none: 0,
    });
  });

  test("rows are copied as they were, and the buffer grows", async () => {
    await using database = await server.open();
    await database.pool.query("create table copied (i integer, b bigint, t text, z timestamptz, h bytea)");
    const writer = new CopyWriter(1);
    const long = "€".repeat(3_000);
    for (const text of [long, undefined, ""]) {
      writer.row(5);
      writer.integer(-7);
      writer.bigint(undefined);
      writer.text(text);
      writer.timestamptz(1_788_785_436_194);
      writer.hex("00ff10");
    }
    await transaction(database.pool, client =>
      copyIn(client, "copy copied from stdin (format binary)", writer.finish()),
    );
    const same = { i: -7, b: null, z: new Date(1_788_785_436_194), h: Buffer.from([0, 255, 16]) };
    expect((await database.pool.query("select * from copied")).rows).toEqual([
      { ...same, t: long },
      { ...same, t: null },
      { ...same, t: "" },
    ]);
  });

  test("a copy that the server refuses throws, and the connection can be used on", async () => {
    await using database = await server.open();
    const client = await database.pool.connect();
    await expect(
      copyIn(client, "copy site (code) from stdin (format binary)", Buffer.from("rubbish")),
    ).rejects.toThrow();
    expect((await client.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
    client.release();
  });
});
