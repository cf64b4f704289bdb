import { hasWayBack, nameIsForeign, type ObservedMember, type ObservedRollout } from './observed.ts';
import { planSettle } from './plan-settle.ts';
import { planUndo } from './plan-undo.ts';
import { leader, type Member, type Phase, type Rollout } from './rollout.ts';
import { roomFirst } from './room-first.ts';
import type { Step } from './step.ts';

/** Which way an interrupted rollout goes, with the steps that lead there. */
export interface Recovery {
  /** The way of the container that the rollout is about. */
  readonly way: 'back' | 'forward';
  readonly why: string;
  readonly steps: readonly Step[];
}

/** What else is known. */
export interface Circumstances {
  /** Whether the engine's disk is full. */
  readonly needsRoom?: boolean;
  /** Whether it ended because somebody had changed a container. */
  readonly byHand?: boolean;
}

type Way = Pick<Recovery, 'way' | 'why'>;

/**
 * Decides what becomes of a rollout that did not finish. Before commit it leads back, after it forward, and all
 * of a set go the same way. But where somebody removed a container meanwhile, the one that is left is kept,
 * whichever it is, and the others of the set go with it.
 */
export function decideRecovery(
  phase: Phase,
  rollout: Rollout,
  observed: ObservedRollout,
  { needsRoom = false, byHand = false }: Circumstances = {},
): Recovery {
  const waysOfEach = new Map(
    rollout.members.map(member => [member, decideOne(phase, member, observed.get(member.name))]),
  );
  const planned = phase === 'committed' ? 'forward' : 'back';
  const diverted = [...waysOfEach.values()].find(({ way }) => way !== planned);
  const canFollow = rollout.members.every(member => has(observed.get(member.name), planned) !== 'only');
  const wayOf = (member: Member) =>
    diverted !== undefined && canFollow
      ? diverted
      : (waysOfEach.get(member) ?? decideOne(phase, member, undefined));
  const going = (way: Recovery['way']): Rollout => ({
    ...rollout,
    members: rollout.members.filter(member => wayOf(member).way === way),
  });
  const undo = planUndo(going('back'), observed, { wasSwitching: phase !== 'preparing', byHand });
  const copies = new Set([...observed.values()].flatMap(({ standIn }) => standIn?.id ?? []));
  return {
    ...wayOf(leader(rollout)),
    steps: [...(needsRoom ? roomFirst(undo, copies) : undo), ...planSettle(going('forward'), observed)],
  };
}

function decideOne(phase: Phase, { name }: Member, found: ObservedMember | undefined): Way {
  if (phase === 'committed') {
    if (has(found, 'back') === 'only')
      return { way: 'back', why: 'the new container was removed by somebody' };
    return { way: 'forward', why: 'the new container was proven already' };
  }
  // While preparing, a missing predecessor means that the user no longer wants that container at all. But one that has
  // its name already is in use, however that came about: a phase can be made up of what was left, and be wrong.
  const isWanted = phase !== 'preparing' || found?.successor?.name === name;
  if (isWanted && has(found, 'forward') === 'only') {
    return { way: 'forward', why: 'the old container was removed by somebody: the new one is all there is' };
  }
  return { way: 'back', why: `it was interrupted while ${phase}` };
}

/** Whether the container that a way ends with is there, and whether it is the only one that is. */
function has(found: ObservedMember | undefined, way: Recovery['way']): 'only' | 'too' | 'not' {
  if (found === undefined) return 'not';
  const ends = { back: hasWayBack(found, true), forward: found.successor !== undefined };
  if (!ends[way]) return 'not';
  return (ends.back && ends.forward) || nameIsForeign(found) ? 'too' : 'only';
}
