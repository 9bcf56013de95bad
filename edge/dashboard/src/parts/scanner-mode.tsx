import { useState } from "preact/hooks";
import { type Device, scanModes } from "../wire.ts";

interface Props {
  readonly id: string;
  readonly scanner: NonNullable<Device["scanner"]>;
}

/** What a scan of this scanner does, and the way to change it. A barcode does the same. */
export function ScannerMode({ id, scanner }: Props) {
  const [refusal, setRefusal] = useState<string>();
  const change = async (mode: string) => setRefusal(await setMode(id, mode));
  return (
    <p>
      <label>
        a scan means{" "}
        <select value={scanner.mode} onChange={event => void change(event.currentTarget.value)}>
          {scanModes.map(mode => (
            <option key={mode} value={mode}>
              {mode.replace("_", " ")}
            </option>
          ))}
        </select>
      </label>{" "}
      <small>
        at {scanner.place}
        {scanner.waiting > 0 ? `, ${scanner.waiting} wait for a place` : ""}
      </small>
      {refusal === undefined ? null : <span class="lost"> ■ {refusal}</span>}
    </p>
  );
}

/** Returns why it was refused, in the edge's words. */
async function setMode(id: string, mode: string): Promise<string | undefined> {
  try {
    const response = await fetch(`/api/devices/${encodeURIComponent(id)}/mode`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ mode }),
      signal: AbortSignal.timeout(5000),
    });
    if (response.ok) return undefined;
    const problem: { detail?: string } = await response.json();
    return problem.detail ?? `answered ${response.status}`;
  } catch {
    return "The edge does not answer; the mode is as it was.";
  }
}
