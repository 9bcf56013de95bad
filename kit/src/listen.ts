import { isIP } from "node:net";
import { z } from "zod";

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

const form = "write HOST:PORT, for example 127.0.0.1:8080 or [::1]:8080, with a port from 0 to 65535";

/**
 * An address to listen on, `127.0.0.1:8081` in the file and `{ host, port }` in the program. Port 0 takes any free one. Give a
 * default with `.prefault("127.0.0.1:8081")`.
 */
export const Listen = z.codec(
  z.string().meta({ description: "HOST:PORT", examples: ["127.0.0.1:8080"] }),
  z.strictObject({ host: z.string(), port: z.int().min(0).max(65_535) }),
  {
    decode: (text, context) => {
      const parsed = parseHostPort(text);
      if (parsed) return parsed;
      context.issues.push({ code: "custom", input: text, message: `is no address; ${form}` });
      return z.NEVER;
    },
    encode: formatHostPort,
  },
);

/** As `Listen`, for servers that have no sign-in: any host but this machine's own loopback is refused. */
export const LoopbackListen = Listen.refine(({ host }) => isLoopback(host), {
  error: ({ input }) => {
    const port = isHostPort(input) ? input.port : "PORT";
    return (
      "is not on loopback, and this listens on loopback only until sign-in is configured; " +
      `use 127.0.0.1:${port} and a reverse proxy that asks for credentials`
    );
  },
});

/** Whether only programs on this machine can reach the host: `localhost`, 127.0.0.0/8 and ::1. */
export function isLoopback(host: string): boolean {
  const bare = host.toLowerCase();
  if (bare === "localhost") return true;
  if (isIP(bare) === 4) return bare.startsWith("127.");
  return bare === "::1" || (isIP(bare) === 6 && /^::ffff:127\.\d+\.\d+\.\d+$/.test(bare));
}

/** The text form of an address; IPv6 hosts in brackets. */
export function formatHostPort({ host, port }: HostPort): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

function parseHostPort(text: string): HostPort | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text.trim());
  if (!match) return undefined;
  const [, v6, name, digits] = match;
  const host = v6 ?? name ?? "";
  const port = Number(digits);
  if (port > 65_535 || (v6 !== undefined && isIP(v6) !== 6)) return undefined;
  return { host, port };
}

function isHostPort(value: unknown): value is HostPort {
  return typeof value === "object" && value !== null && "port" in value && typeof value.port === "number";
}
