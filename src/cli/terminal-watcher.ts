import { SingleBar } from 'cli-progress';
import { whatIsDone } from '../plan/render-plan.ts';
import type { RolloutWatcher } from '../rollout/tools.ts';
import type { Output } from './output.ts';

/** Looks on for nobody. */
export const NOBODY: RolloutWatcher = { step: () => undefined, pull: () => undefined };

const MEGABYTE = 1_000_000;

/** Shows a person each step as it is taken, and a bar while an image is pulled. */
export function watchOnTerminal(output: Output): RolloutWatcher & { done: () => void } {
  let bar: SingleBar | undefined;
  const done = () => {
    bar?.stop();
    bar = undefined;
  };
  return {
    done,
    step: step => {
      done();
      output.line(output.style('dim', `  ${step.subject}: ${whatIsDone(step)}`));
    },
    pull: (container, { received, total }) => {
      if (bar === undefined) {
        bar = new SingleBar({
          format: `  ${container}: {bar} {percentage}%  {megabytes}`,
          hideCursor: true,
          clearOnComplete: true,
          fps: 8,
        });
        bar.start(total, 0, { megabytes: '' });
      }
      bar.setTotal(total);
      bar.update(received, {
        megabytes: `${(received / MEGABYTE).toFixed(1)} of ${(total / MEGABYTE).toFixed(1)} MB`,
      });
    },
  };
}
