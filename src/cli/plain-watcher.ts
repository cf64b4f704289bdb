import { type RolloutWatcher, UNWATCHED } from '../rollout/tools.ts';
import type { Output } from './output.ts';

/** Tells a pipe what each container is waited for: a line whenever that is something else than before. */
export function watchInLines(output: Output): RolloutWatcher {
  const told = new Map<string, string>();
  return {
    ...UNWATCHED,
    health: (container, words) => {
      // What an answer said may be another text each time.
      const [what = ''] = (words ?? '').split(':');
      if (what === '' || told.get(container) === what) return;
      told.set(container, what);
      output.line(`${container}: ${what}`);
    },
  };
}
