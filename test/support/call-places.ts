import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isChange } from './engine-proxy.ts';

/** A call of the engine, or something that is written down, as it passes by. */
export interface PassingCall {
  readonly method: string;
  readonly path: string;
}

/** A call of a run that went undisturbed. */
export interface RecordedCall {
  /** Where in the run it is: `3` is the third change or write, `3.2` the second read before it. */
  readonly place: string;
  /** Method and path, with ids left out: the same from run to run. */
  readonly name: string;
  /** What the journal said when it was sent. */
  readonly phase: string;
  /** Whether it asks the engine, changes something there, or writes something down. */
  readonly kind: 'read' | 'change' | 'write';
}

/** Tells the place of each call of one run, given all of them in turn. */
export function placesOfCalls(): (call: PassingCall) => string {
  let changes = 1;
  let reads = 0;
  return call => {
    if (!isChange(call)) return `${changes}.${++reads}`;
    reads = 0;
    return String(changes++);
  };
}

/** Writes down calls as they pass by. */
export function recordInto(calls: RecordedCall[], home: string): (call: PassingCall) => void {
  const placeOf = placesOfCalls();
  return call =>
    void calls.push({
      place: placeOf(call),
      name: nameOf(call),
      phase: phaseOf(home),
      kind: kindOf(call),
    });
}

const WRITES = new Set(['JOURNAL', 'HISTORY', 'REJECTIONS']);

function kindOf(call: PassingCall): RecordedCall['kind'] {
  if (WRITES.has(call.method)) return 'write';
  return isChange(call) ? 'change' : 'read';
}

function nameOf({ method, path }: PassingCall): string {
  const plain = decodeURIComponent(path)
    .replace(/\?.*/, '')
    .replace(/127\.0\.0\.1:\d+\/[a-z]+/, 'IMAGE')
    .replace(/(sha256:)?[0-9a-f]{64}/g, 'ID')
    .replace(/\.[0-9a-f]{10}\b/, '.ROLLOUT')
    .replace(/refreshd-[0-9a-f]{10}\./, 'ROLLOUT.');
  return `${method} ${plain}`;
}

/** How far the rollout of a home has come, by its journal. */
function phaseOf(home: string): string {
  const folder = join(home, 'state/rollouts');
  try {
    const [file] = readdirSync(folder).filter(name => name.endsWith('.json'));
    if (file === undefined) return 'no journal';
    return JSON.parse(readFileSync(join(folder, file), 'utf8')).entry.phase;
  } catch {
    return 'no journal';
  }
}
