import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A good answer of the service: when it came (on the clock that only grows), and from which start of which version. */
export interface Answer {
  readonly at: number;
  readonly start: string;
}

export interface Prober {
  readonly answers: readonly Answer[];
  stop(): void;
}

/** How often is asked, and how long each is waited for, in milliseconds. */
const EVERY = 4;
const PATIENCE = 250;

const REQUEST = 'GET /health HTTP/1.0\r\n\r\n';
const GOOD = /^HTTP\/1\.[01] 200 [\s\S]*?\r\n\r\n(\S+)\n/;

/** Asks `/health` on a port of this machine, as a stream of clients would that know nothing of one another. */
export function startProber(port: number): Prober {
  const answers: Answer[] = [];
  const ask = () => askOnce(port, start => answers.push({ at: performance.now(), start }));
  const timer = setInterval(ask, EVERY);
  return { answers, stop: () => clearInterval(timer) };
}

/** A connection of its own for each, not waiting for the one before. */
function askOnce(port: number, onGood: (start: string) => void): void {
  let said = '';
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  const patience = setTimeout(() => socket.destroy(), PATIENCE);
  socket.on('error', () => undefined);
  socket.on('close', () => clearTimeout(patience));
  socket.on('data', chunk => {
    said += chunk;
    const [, start] = GOOD.exec(said) ?? [];
    if (start === undefined) return;
    onGood(start);
    socket.destroy();
  });
  socket.write(REQUEST);
}

/**
 * How long nobody got a good answer while something was done that starts the service anew: from the last answer
 * of the start before to the first one of the start after, in milliseconds.
 */
export async function downtimeOf(port: number, act: () => Promise<void>): Promise<number> {
  const prober = startProber(port);
  try {
    await untilSo(() => startsOf(prober.answers).length > 0);
    await act();
    await untilSo(() => startsOf(prober.answers).length > 1);
    return gapIn(prober.answers);
  } finally {
    prober.stop();
  }
}

/** Waits for a good answer of one kind. @returns when it came, on the clock that only grows */
export async function untilAnswer(prober: Prober, isWanted: (answer: Answer) => boolean): Promise<number> {
  await untilSo(() => prober.answers.some(isWanted));
  return prober.answers.find(isWanted)?.at ?? Number.NaN;
}

function gapIn(answers: readonly Answer[]): number {
  const [before, after, more] = startsOf(answers);
  if (more !== undefined) throw new Error('the service was started more than once');
  const last = answers.findLast(({ start }) => start === before);
  const first = answers.find(({ start }) => start === after);
  if (last === undefined || first === undefined) throw new Error('the service did not answer');
  return first.at - last.at;
}

function startsOf(answers: readonly Answer[]): readonly string[] {
  return [...new Set(answers.map(({ start }) => start))];
}

async function untilSo(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 60_000;
  while (!isSo()) {
    if (performance.now() > end) throw new Error('the service does not answer');
    await sleep(20);
  }
}
