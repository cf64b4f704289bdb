import { clearLine, cursorTo } from 'node:readline';
import { Presets, SingleBar } from 'cli-progress';
import { printable } from '../base/clean-text.ts';
import { whatIsDone } from '../plan/render-plan.ts';
import type { RolloutWatcher } from '../rollout/tools.ts';
import { formatSize } from './byte-size.ts';
import type { Output } from './output.ts';

/** Beside its name and its bar, what a pull shows: `: ` and ` 100%  1023.9MB of 1023.9MB`. */
const BESIDE_BAR = 29;

/** Shows a person what is being done, on one line that is written over and gone in the end; a bar for a pull. */
export function watchOnTerminal(output: Output): RolloutWatcher & { done: () => void } {
  const stream = process.stdout;
  const waitedFor = new Map<string, string>();
  let bar: SingleBar | undefined;
  let shown = '';
  const done = () => {
    bar?.stop();
    bar = undefined;
    shown = '';
    cursorTo(stream, 0);
    clearLine(stream, 0);
  };
  const show = (text: string) => {
    if (text === shown) return;
    done();
    shown = text;
    stream.write(output.style('dim', fitted(printable(text), output.columns - 1)));
  };
  return {
    done,
    step: step => {
      waitedFor.clear();
      show(`${step.subject}: ${whatIsDone(step)} …`);
    },
    pull: (container, { received, total }) => {
      if (bar === undefined) {
        done();
        const room = output.columns - container.length - BESIDE_BAR;
        const format = `${container}: ${room < MIN_BAR ? '' : '{bar} '}{percentage}%  {sizes}`;
        const barsize = Math.max(MIN_BAR, Math.min(room, MAX_BAR));
        bar = new SingleBar(
          { format, barsize, stream, hideCursor: true, clearOnComplete: true, fps: 8 },
          Presets.shades_classic,
        );
        bar.start(total, 0, { sizes: '' });
      }
      bar.setTotal(total);
      bar.update(received, { sizes: `${formatSize(received)} of ${formatSize(total)}` });
    },
    health: (container, words) => {
      if (words === undefined) waitedFor.delete(container);
      else waitedFor.set(container, words);
      if (waitedFor.size === 0) done();
      else show([...waitedFor].map(([name, what]) => `${name}: ${what}`).join('; '));
    },
  };
}

const MIN_BAR = 5;
const MAX_BAR = 40;

function fitted(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, columns - 1)}…`;
}
