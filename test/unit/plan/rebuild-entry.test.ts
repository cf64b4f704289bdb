import { describe, expect, it } from 'vitest';
import type { RolloutLabel } from '../../../src/container/rollout-label.ts';
import { type Orphan, rebuildRollout } from '../../../src/plan/rebuild-entry.ts';
import { idOf, OFFERED, OLD, OLD_IMAGE, policy } from '../../support/rollout-samples.ts';

function orphan(
  final: readonly [string, number?],
  restart: readonly [string, number?],
  hasPredecessor: boolean,
  over: Partial<RolloutLabel> = {},
): Orphan {
  const label: RolloutLabel = {
    v: 1,
    role: 'successor',
    id: 'r1',
    home: 'home',
    name: 'web',
    predecessor: OLD,
    from: OLD_IMAGE,
    reference: 'registry.test/web:1',
    digest: OFFERED,
    place: 0,
    restart: { name: final[0], retries: final[1] ?? 0 },
    running: true,
    vanishes: false,
    ...over,
  };
  return { label, restart: policy(...restart), hasPredecessor };
}

describe('the phase of a rollout that is in no journal', () => {
  it.each([
    ['committed', 'has its final policy', orphan(['always'], ['always'], true)],
    [
      'committed',
      'has its final policy, retries included',
      orphan(['on-failure', 3], ['on-failure', 3], true),
    ],
    ['committed', 'is all there is', orphan(['always'], ['no'], false)],
    ['committed', 'is all there is, and shall have no policy', orphan(['no'], ['no'], false)],
    ['undoing', 'has no policy yet', orphan(['always'], ['no'], true)],
    ['undoing', 'has another policy', orphan(['unless-stopped'], ['always'], true)],
    ['undoing', 'has another number of retries', orphan(['on-failure', 3], ['on-failure', 4], true)],
    ['undoing', 'shall have no policy, which proves nothing', orphan(['no'], ['no'], true)],
  ] as const)('is %s if the successor %s', (phase, _, each) => {
    expect(rebuildRollout([each]).phase).toBe(phase);
  });

  it.each([true, false])('is preparing if all there is is a copy to try an image in (old one: %s)', has => {
    const copy = orphan(['always'], ['no'], has, { role: 'preflight' });
    expect(rebuildRollout([copy]).phase).toBe('preparing');
    expect(rebuildRollout([copy], true).phase, 'a copy that was left over').toBe('committed');
  });

  // The engine writes "no policy" as "no" and as "".
  it('is undoing if the successor shall have the empty policy, which proves as little', () => {
    expect(rebuildRollout([orphan([''], ['no'], true)]).phase).toBe('undoing');
  });

  it('is committed if it is written down elsewhere that it went forward', () => {
    expect(rebuildRollout([orphan(['no'], ['no'], true)], true).phase).toBe('committed');
  });

  it('is committed only if every member was', () => {
    const done = orphan(['always'], ['always'], true);
    const open = orphan(['always'], ['no'], true, { name: 'sidecar' });
    expect(rebuildRollout([done, open]).phase).toBe('undoing');
    expect(rebuildRollout([done, { ...open, hasPredecessor: false }]).phase).toBe('committed');
  });
});

describe('the rollout that is made known again', () => {
  it('is what the labels say, and leaves the image alone', () => {
    expect(rebuildRollout([orphan(['on-failure', 3], ['no'], true)]).rollout).toEqual({
      id: 'r1',
      home: 'home',
      members: [
        {
          name: 'web',
          predecessor: OLD,
          reference: 'registry.test/web:1',
          fromImage: OLD_IMAGE,
          fromDigest: undefined,
          target: { kind: 'offered', digest: OFFERED, pulled: false },
          restart: policy('on-failure', 3),
          running: true,
          vanishes: false,
          wasHealthy: false,
          ports: [],
          probePort: undefined,
          stopGrace: 10,
        },
      ],
    });
  });

  it('has one member for each successor, without a digest for one that is only new', () => {
    const second = orphan(['no'], ['no'], true, {
      name: 'sidecar',
      predecessor: idOf('e'),
      digest: undefined,
      running: false,
    });
    const { members } = rebuildRollout([orphan(['no'], ['no'], true), second]).rollout;
    expect(members).toMatchObject([
      { name: 'web', target: { kind: 'offered' } },
      { name: 'sidecar', predecessor: idOf('e'), target: { kind: 'same' }, running: false },
    ]);
    expect(
      rebuildRollout([orphan(['no'], ['no'], true, { digest: 'sha256:12' })]).rollout.members[0]?.target,
    ).toEqual({ kind: 'same' });
  });
});
