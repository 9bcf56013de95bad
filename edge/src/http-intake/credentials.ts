import type { MessageDevice } from "../drivers/index.ts";
import type { Access, AccessAnswer } from "../mqtt/access.ts";

/** Who sends a request, by its `Authorization` header: Basic (RFC 7617) or a bearer token (RFC 6750). */
export function credentialsOf(
  header: string | undefined,
  device: MessageDevice | undefined,
  access: Access,
): Promise<AccessAnswer> {
  const [, scheme, value] = /^(basic|bearer) +(\S+)$/i.exec(header ?? "") ?? [];
  if (value === undefined) return access.check({});
  if (scheme?.toLowerCase() === "bearer") {
    if (device !== undefined) return access.checkToken(value, device);
    return Promise.resolve({ ok: false, reason: "its token is that of no device" });
  }
  const text = Buffer.from(value, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon === -1) return Promise.resolve({ ok: false, reason: "its Basic credentials have no colon" });
  return access.check({ name: text.slice(0, colon), password: text.slice(colon + 1) });
}
