import type { Live } from "../live.ts";
import { ago, exact, things } from "../words.ts";

type Tone = "confirmed" | "pending" | "person" | "lost";
interface Sentence {
  readonly tone: Tone;
  readonly sign: string;
  readonly text: string;
}

/** The first line answers "is everything all right?" in words; a sign and a colour go with it. */
export function Header({ live, now }: { readonly live: Live; readonly now: number }) {
  const { status } = live;
  const zone = status?.time_zone ?? "UTC";
  const [first, ...rest] = sentences(live, now);
  return (
    <header>
      <h1>{status?.site ?? "Tallygate"}</h1>
      <p class={`state ${first?.tone ?? "pending"}`} role="status">
        <span aria-hidden="true">{first?.sign}</span> {first?.text}
      </p>
      <ul class="facts">
        {rest.map(sentence => (
          <li key={sentence.text} class={sentence.tone}>
            <span aria-hidden="true">{sentence.sign}</span> {sentence.text}
          </li>
        ))}
        {status?.confirmed_at === undefined ? null : (
          <li class="history" title={exact(status.confirmed_at, zone)}>
            centre confirmed {ago(status.confirmed_at, now)}
          </li>
        )}
      </ul>
    </header>
  );
}

function sentences(live: Live, now: number): Sentence[] {
  const { status, lostAt } = live;
  if (status === undefined) {
    return lostAt === undefined
      ? [{ tone: "pending", sign: "◌", text: "Asking the edge …" }]
      : [{ tone: "lost", sign: "■", text: "The edge does not answer. Check that it runs; this page goes on asking." }];
  }
  if (lostAt !== undefined) {
    return [
      {
        tone: "lost",
        sign: "■",
        text: `The edge has not answered for a while. What you see is from ${ago(live.heardAt, now)}.`,
      },
    ];
  }
  const alarms = status.alarms.map((text): Sentence => ({ tone: "lost", sign: "■", text }));
  return [...alarms, link(status, now), waiting(status), review(status)];
}

function link(status: NonNullable<Live["status"]>, now: number): Sentence {
  if (status.link.state === "up") return { tone: "confirmed", sign: "●", text: "All readings stored" };
  return {
    tone: "pending",
    sign: "◌",
    text: `All readings stored. No link to the centre since ${ago(status.link.since, now)}; everything here goes on`,
  };
}

function waiting(status: NonNullable<Live["status"]>): Sentence {
  return status.waiting === 0
    ? { tone: "confirmed", sign: "✓", text: "0 waiting for the centre" }
    : { tone: "pending", sign: "◌", text: `${things(status.waiting, "movement")} waiting for the centre` };
}

function review(status: NonNullable<Live["status"]>): Sentence {
  return status.exceptions_open === 0
    ? { tone: "confirmed", sign: "✓", text: "nothing waits for you" }
    : { tone: "person", sign: "▲", text: `${things(status.exceptions_open, "thing")} to look at` };
}
