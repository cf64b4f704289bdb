import { clearLine, cursorTo } from 'node:readline';
import { SingleBar } from 'cli-progress';
import { printable } from '../base/clean-text.ts';
import { whatIsDone } from '../plan/render-plan.ts';
import type { RolloutWatcher } from '../rollout/tools.ts';
import { formatSize } from './byte-size.ts';
import type { Output } from './output.ts';

/** Looks on for nobody. */
export const NOBODY: RolloutWatcher = { step: () => undefined, pull: () => undefined };

/** Shows a person what is being done, on one line that is written over and gone in the end; a bar for a pull. */
export function watchOnTerminal(output: Output): RolloutWatcher & { done: () => void } {
  const stream = process.stdout;
  let bar: SingleBar | undefined;
  const done = () => {
    bar?.stop();
    bar = undefined;
    cursorTo(stream, 0);
    clearLine(stream, 0);
  };
  return {
    done,
    step: step => {
      done();
      const text = `${step.subject}: ${whatIsDone(step)} …`;
      stream.write(output.style('dim', printable(text).slice(0, (stream.columns || 80) - 1)));
    },
    pull: (container, { received, total }) => {
      if (bar === undefined) {
        done();
        const format = `${container}: {bar} {percentage}%  {sizes}`;
        bar = new SingleBar({ format, hideCursor: true, clearOnComplete: true, fps: 8 });
        bar.start(total, 0, { sizes: '' });
      }
      bar.setTotal(total);
      bar.update(received, { sizes: `${formatSize(received)} of ${formatSize(total)}` });
    },
  };
}
