import { cleanText } from '../base/clean-text.ts';
import { shapeOfJson, z } from '../base/shape.ts';
import type { PullProgress } from './engine.ts';
import { EngineError, failedWith, unknownOutcome } from './engine-error.ts';

const lineShape = z.object({
  id: z.string().optional(),
  status: z.string().optional(),
  progressDetail: z.object({ current: z.number().optional(), total: z.number().optional() }).optional(),
  error: z.string().optional(),
  errorDetail: z.object({ message: z.string().optional() }).optional(),
});

/** The longest line that is kept while waiting for its end. */
const LONGEST_LINE = 256 * 1024;
/** How long the engine may take for a line before it counts as hung, in milliseconds. */
export const PULL_SILENCE = 180_000;
/** So many bytes of layers have to come in so many milliseconds, or a registry holds up a run by dripping. */
const LEAST = { bytes: 64 * 1024, within: 5 * 60_000 };

/** How long the engine may be silent, and how much has to come. */
export interface PullLimits {
  readonly silence?: number | undefined;
  readonly least?: typeof LEAST;
}

/**
 * Reads the progress of a pull to its end (Docker Engine API, ImageCreate: one JSON object a line). An error
 * comes as a line inside a successful answer, so every line is looked at.
 *
 * @throws EngineError `failed` with the engine's words; `unknown` if the stream breaks or falls silent
 */
export async function readPullStream(
  stream: NodeJS.ReadableStream,
  what: string,
  onProgress: (progress: PullProgress) => void,
  { silence = PULL_SILENCE, least = LEAST }: PullLimits = {},
): Promise<void> {
  const layers = new Map<string, PullProgress>();
  const isTooSlow = slowness(least);
  const take = (line: string) => {
    if (line.trim() === '') return;
    const read = shapeOfJson(lineShape, line);
    if (!read.ok) throw unknownOutcome(`pull ${what}`, 'its progress is not understood');
    const problem = read.value.errorDetail?.message ?? read.value.error;
    if (problem !== undefined) throw failedWith(`The engine could not pull ${what}: ${cleanText(problem)}.`);
    const { id, progressDetail: detail } = read.value;
    if (id === undefined || detail?.total === undefined) return;
    // A layer is first fetched and then unpacked, which counts from zero again.
    const received = Math.max(layers.get(id)?.received ?? 0, Math.min(detail.current ?? 0, detail.total));
    layers.set(id, { received, total: detail.total });
    const progress = sum(layers);
    if (isTooSlow(progress.received, read.value.status))
      throw unknownOutcome(
        `pull ${what}`,
        `less than ${least.bytes / 1024} KiB in ${least.within / 60_000} min`,
      );
    onProgress(progress);
  };
  for await (const line of withSilenceLimit(stream, what, silence)) take(line);
}

/** Unpacking takes its own time, in which nothing need come. */
function slowness({
  bytes,
  within,
}: typeof LEAST): (received: number, status: string | undefined) => boolean {
  let mark = { at: performance.now(), received: 0 };
  return (received, status) => {
    const at = performance.now();
    if (status !== 'Downloading' || received - mark.received >= bytes) mark = { at, received };
    return at - mark.at > within;
  };
}

async function* linesOf(stream: NodeJS.ReadableStream, what: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw unknownOutcome(`pull ${what}`, 'its progress is not understood');
    yield* lines;
  }
  yield rest;
}

function sum(layers: ReadonlyMap<string, PullProgress>): PullProgress {
  let received = 0;
  let total = 0;
  for (const layer of layers.values()) {
    received += layer.received;
    total += layer.total;
  }
  return { received, total };
}

async function* withSilenceLimit(
  stream: NodeJS.ReadableStream,
  what: string,
  silence: number,
): AsyncGenerator<string> {
  const lines = linesOf(stream, what);
  try {
    for (;;) {
      const next = await nextWithin(lines, silence, what);
      if (next.done === true) return;
      yield next.value;
    }
  } catch (error) {
    throw error instanceof EngineError
      ? error
      : unknownOutcome(`pull ${what}`, 'the connection broke', error);
  } finally {
    if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy();
  }
}

async function nextWithin<T>(
  lines: AsyncIterator<T>,
  silence: number,
  what: string,
): Promise<IteratorResult<T>> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(unknownOutcome(`pull ${what}`, `silent for ${silence / 1000} s`)),
      silence,
    );
  });
  try {
    return await Promise.race([lines.next(), tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
