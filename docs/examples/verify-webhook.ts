import { createHmac, timingSafeEqual } from "node:crypto";

/** How old a request may be: an older one may have been recorded by somebody and sent again. */
const toleranceS = 5 * 60;

/**
 * Whether a request came from who knows the secret, and lately. The body is the text as it came: parsed and written anew it would be
 * another one.
 */
export function isAuthentic(
  headers: Readonly<Record<string, string | undefined>>,
  body: string,
  secret: string,
  nowMs = Date.now(),
): boolean {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures = "" } = headers;
  if (id === undefined || Math.abs(nowMs / 1000 - Number(timestamp)) > toleranceS || Number.isNaN(Number(timestamp)))
    return false;
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const wanted = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest();
  return signatures.split(" ").some(signature => {
    const given = Buffer.from(signature.replace("v1,", ""), "base64");
    return signature.startsWith("v1,") && given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}
