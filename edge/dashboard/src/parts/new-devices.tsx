import { useState } from "preact/hooks";
import type { NewDevice } from "../wire.ts";
import { ago, exact, things } from "../words.ts";

interface Props {
  readonly devices: readonly NewDevice[];
  readonly now: number;
  readonly zone: string;
  readonly refresh: () => void;
}

/** Who sends without being configured, to be taken in with a name and a place. */
export function NewDevices({ devices, now, zone, refresh }: Props) {
  if (devices.length === 0) return null;
  return (
    <section aria-label="New devices" class="news">
      <h2>New devices</h2>
      {devices.map(device => (
        <Candidate key={device.source} device={device} now={now} zone={zone} refresh={refresh} />
      ))}
    </section>
  );
}

function Candidate({ device, now, zone, refresh }: Omit<Props, "devices"> & { readonly device: NewDevice }) {
  const [refusal, setRefusal] = useState<string>();
  const { source, suggested, messages, last_heard, text } = device;
  const driver = typeof suggested["driver"] === "string" ? suggested["driver"] : undefined;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const form = new FormData(event.currentTarget);
    const refused = await takeIn({ id: form.get("id"), place: form.get("place"), from: source });
    setRefusal(refused);
    if (refused === undefined) refresh();
  };
  return (
    <article>
      <p>
        <span class="person">▲</span> <strong>{source}</strong> sends and is not known here:{" "}
        {driver === undefined ? "no driver reads it" : <>looks like {driver}</>}
        <small title={exact(last_heard, zone)}>
          {" "}
          {things(messages, "message")}, heard {ago(last_heard, now)}
        </small>
      </p>
      <details>
        <summary>What it sent last</summary>
        <pre>{text}</pre>
      </details>
      {driver === undefined ? (
        <p class="history">It can be taken in over the API with the settings of its driver: POST /api/devices.</p>
      ) : (
        <form onSubmit={event => void submit(event)}>
          <label>
            Name <input name="id" required maxLength={64} placeholder="dock-3" autocomplete="off" />
          </label>
          <label>
            Place <input name="place" required maxLength={64} placeholder="dock-3" autocomplete="off" />
          </label>
          <button type="submit">Take in</button>
        </form>
      )}
      {refusal === undefined ? null : (
        <p class="lost" role="alert">
          ■ {refusal}
        </p>
      )}
    </article>
  );
}

/** Returns why it was refused, in the edge's words. */
async function takeIn(body: object): Promise<string | undefined> {
  try {
    const response = await fetch("/api/devices", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(5000),
    });
    if (response.ok) return undefined;
    const problem: { detail?: string } = await response.json();
    return problem.detail ?? `The edge answered ${response.status}.`;
  } catch {
    return "The edge does not answer; nothing was taken in.";
  }
}
