/**
 * Just enough of MQTT 3.1.1 to load a broker from one thread without being the bottleneck: packets are written whole and
 * acknowledgements are counted in the raw bytes. A real client library costs more than the broker under test.
 */

export function connectPacket(clientId: string, user?: { readonly name: string; readonly password: string }): Buffer {
  const flags = 0x02 | (user === undefined ? 0 : 0xc0);
  const fields = [text("MQTT"), Buffer.from([4, flags, 0, 0]), text(clientId)];
  if (user !== undefined) fields.push(text(user.name), text(user.password));
  return packet(0x10, Buffer.concat(fields));
}

/** A QoS 1 publish. The packet id is 0: {@link setPacketId} puts it in before each send. */
export function publishPacket(topic: string, payload: string): { readonly bytes: Buffer; readonly idAt: number } {
  const name = text(topic);
  const bytes = packet(0x32, Buffer.concat([name, Buffer.alloc(2), Buffer.from(payload)]));
  return { bytes, idAt: bytes.length - Buffer.byteLength(payload) - 2 };
}

function packet(kind: number, body: Buffer): Buffer {
  const length: number[] = [];
  for (let rest = body.length; ; ) {
    const digit = rest % 128;
    rest = Math.floor(rest / 128);
    length.push(rest > 0 ? digit | 0x80 : digit);
    if (rest === 0) break;
  }
  return Buffer.concat([Buffer.from([kind, ...length]), body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

/**
 * Reads PUBACKs (40 02 hi lo) out of a byte stream in any chunking. Other packets that a broker may send to a publisher
 * (CONNACK) have the same four bytes; anything else is a programming error of the benchmark.
 */
export function pubackReader(onPuback: (packetId: number) => void): (chunk: Buffer) => void {
  const frame = Buffer.alloc(4);
  let filled = 0;
  return chunk => {
    for (const byte of chunk) {
      frame[filled++] = byte;
      if (filled < 4) continue;
      filled = 0;
      if (frame[0] === 0x40) onPuback(frame.readUInt16BE(2));
      else if (frame[0] !== 0x20) throw new Error(`unexpected packet ${frame.toString("hex")}`);
      else if (frame[3] !== 0) throw new Error(`connection refused with code ${frame[3]}`);
    }
  };
}
