import type { Step } from './step.ts';

/**
 * The same way back on a full disk: what was made for the update goes first, instead of last, because nothing else
 * may fit before. It may well be what filled the disk.
 * @param undo the steps that lead back, and none that lead forward
 * @param copies containers that the old ones are made from again; they stay to the end
 */
export function roomFirst(undo: readonly Step[], copies: ReadonlySet<string>): readonly Step[] {
  const isRemoval = (step: Step) => step.kind === 'remove' && !copies.has(step.container);
  const going = new Set(
    undo.flatMap(step => (step.kind === 'remove' && isRemoval(step) ? step.container : [])),
  );
  const isOfGoing = (step: Step) => 'container' in step && going.has(step.container);
  const stops = undo.filter(step => step.kind === 'stop' && isOfGoing(step));
  const removals = undo.filter(step => isRemoval(step) || step.kind === 'remove-volume');
  const others = undo.filter(step => !isOfGoing(step) && !removals.includes(step));
  return [...stops, ...removals, ...others];
}
