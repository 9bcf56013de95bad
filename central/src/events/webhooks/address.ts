import { BlockList, isIP, isIPv4 } from "node:net";
import { ok, type Result, refuse } from "@tallygate/protocol";

/** What a configuration allows besides public addresses over https. */
export interface AddressRules {
  readonly allowHttp: boolean;
  /** As `10.2.0.0/16` and `fd00::/8`. */
  readonly networks: readonly string[];
}

/** Says which addresses webhooks may be sent to. */
export interface AddressGuard {
  /** Reads a webhook's address. Refuses `webhook.url` for what can be told from its text; names are judged by {@link permits} when they are resolved. */
  read(text: string): Result<URL>;
  permits(address: string): boolean;
}

const urlCharsMax = 2_000;

export function createAddressGuard({ allowHttp, networks }: AddressRules): AddressGuard {
  const allowed = listOf(networks);
  const permits = (address: string) => isPublic(address) || has(allowed, plain(address));
  return { permits, read: text => readUrl(text, { allowHttp, permits }) };
}

function readUrl(
  text: string,
  { allowHttp, permits }: Pick<AddressRules, "allowHttp"> & Pick<AddressGuard, "permits">,
) {
  const refused = (detail: string) => refuse("webhook.url", detail, { at: "body.url" });
  const url = URL.parse(text);
  if (url === null || text.length > urlCharsMax) return refused(`This is no URL of at most ${urlCharsMax} characters.`);
  if (url.protocol !== "https:" && !(allowHttp && url.protocol === "http:"))
    return refused(`A webhook's address begins with https://, not with ${url.protocol}//.`);
  if (url.username !== "" || url.password !== "")
    return refused("A webhook's address holds no user and no password; verify the signature instead.");
  if (url.hash !== "") return refused("A webhook's address has no fragment.");
  if (!isPortAllowed(url.port))
    return refused(`The port ${url.port} belongs to another service; use 443, or 1024 and above.`);
  const host = hostOf(url);
  if (isIP(host) !== 0 && !permits(host))
    return refused(`${host} is no public address; an operator may allow its network in webhooks.allow_networks.`);
  return ok(url);
}

/** The name or address, without the brackets of IPv6. The URL parser has brought forms such as 0x7f.1 to the usual one. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

/** Below 1024 live services that could take a request for one of their own, such as mail; but for the web's own ports. */
function isPortAllowed(port: string): boolean {
  return port === "" || port === "80" || port === "443" || Number(port) >= 1024;
}

/** IANA's special-purpose addresses of IPv4 (RFC 6890 and its successors), multicast and what is reserved. */
const specialV4 = listOf([
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
]);

/** Of IPv6 only what is given out as global unicast is public, without the parts of it that lead elsewhere: Teredo, 6to4, documentation. */
const globalV6 = listOf(["2000::/3"]);
const specialV6 = listOf(["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"]);

function isPublic(address: string): boolean {
  const bare = plain(address);
  if (isIPv4(bare)) return !has(specialV4, bare);
  return isIP(bare) === 6 && has(globalV6, bare) && !has(specialV6, bare);
}

/** An IPv4 address that is written as IPv6 (RFC 4291, 2.5.5.2) counts as what it is; a zone is left out. */
function plain(address: string): string {
  const [bare = ""] = address.split("%");
  if (isIP(bare) !== 6) return bare;
  const [, high, low] = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(new URL(`http://[${bare}]`).hostname) ?? [];
  if (high === undefined || low === undefined) return bare;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return `${a >> 8}.${a & 255}.${b >> 8}.${b & 255}`;
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits] = network.split("/");
    list.addSubnet(address, Number(bits), isIPv4(address) ? "ipv4" : "ipv6");
  }
  return list;
}

function has(list: BlockList, address: string): boolean {
  return list.check(address, isIPv4(address) ? "ipv4" : "ipv6");
}
