import type { Step } from './step.ts';

/**
 * The same way back on a full disk: what was made for the update goes first, instead of last, because nothing else
 * may fit before. It may well be what filled the disk. What the old one is made from again stays to the end.
 * @param undo the steps that lead back, and none that lead forward
 */
export function roomFirst(undo: readonly Step[]): readonly Step[] {
  const needed = new Set(undo.flatMap(step => (step.kind === 'create' ? (step.copyOf ?? []) : [])));
  const going = new Set(
    undo.flatMap(step => (step.kind === 'remove' && !needed.has(step.container) ? [step.container] : [])),
  );
  const isOfGoing = (step: Step) => 'container' in step && going.has(step.container);
  const stops = undo.filter(step => step.kind === 'stop' && isOfGoing(step));
  const removals = undo.filter(
    step => (step.kind === 'remove' && isOfGoing(step)) || step.kind === 'remove-volume',
  );
  const others = undo.filter(step => !isOfGoing(step) && !removals.includes(step));
  return [...stops, ...removals, ...others];
}
