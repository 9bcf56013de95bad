/** Control characters that belong to no code: all but TAB, LF, CR, EOT, FS, GS, RS and US (ISO/IEC 15434 uses the last five). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that it is about.
const rubbishPattern = /[\u0000-\u0003\u0005-\u0008\u000b\u000c\u000e-\u001b\u007f\ufffd]/;

/** Reads the bytes of a scan; gives `undefined` for what no code holds. */
export function scanReader(encoding: "utf-8" | "latin1"): (bytes: Uint8Array) => string | undefined {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  return bytes => {
    try {
      const text = decoder.decode(bytes);
      return rubbishPattern.test(text) ? undefined : text;
    } catch {
      return undefined;
    }
  };
}
