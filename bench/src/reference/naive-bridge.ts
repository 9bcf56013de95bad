import { connectAsync } from "mqtt";
import pg from "pg";

/**
 * What one would build without Tallygate: a broker, a subscriber, and for each message one statement that adds a row and one
 * that counts stock. Flow tools do the same with more steps in between. Arguments: broker URL, database URL, topic.
 */
const [brokerUrl = "", databaseUrl = "", topic = ""] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
await pool.query(`
  create table if not exists reading (id bigint generated always as identity primary key, epc text, antenna int, rssi int, at timestamptz);
  create table if not exists level (epc text primary key, seen bigint not null)`);

const client = await connectAsync(brokerUrl);
client.on("message", (_, payload) => {
  const { data, timestamp } = JSON.parse(payload.toString());
  void pool.query(
    `with added as (insert into reading (epc, antenna, rssi, at) values ($1, $2, $3, $4))
     insert into level (epc, seen) values ($1, 1) on conflict (epc) do update set seen = level.seen + 1`,
    [data.idHex, data.antenna, data.peakRssi, timestamp],
  );
});
await client.subscribeAsync(topic, { qos: 1 });
console.log("ready");
