import { describe, expect, it } from 'vitest';
import type { ObservedMember } from '../../../src/plan/observed.ts';
import { planSettle } from '../../../src/plan/plan-settle.ts';
import type { Member } from '../../../src/plan/rollout.ts';
import {
  follower,
  idOf,
  lines,
  member,
  newOne,
  observed,
  oldOne,
  policy,
  rollout,
  seen,
} from '../../support/rollout-samples.ts';

const DISARM = 'set restart policy no on aaaaaaaaaaaa — the engine must not bring it back';
const REMOVE_OLD = 'remove aaaaaaaaaaaa — replaced; its volumes stay';
const POLICY_NEW = 'set restart policy unless-stopped on bbbbbbbbbbbb — as the old one had it';
const START_NEW = 'start bbbbbbbbbbbb — it shall run';

const aside = oldOne({ name: 'web.refreshd-r1.old', running: false, restart: policy('always') });
const proven = newOne({ name: 'web', running: true });
const settled = newOne({ name: 'web', running: true, restart: policy('unless-stopped') });

const settle = (found: ObservedMember, of: Member = member()) =>
  lines(planSettle(rollout(of), observed(found)));

const ROWS: readonly (readonly [string, ObservedMember, readonly string[]])[] = [
  ['everything is done', seen({ successor: settled }), []],
  ['nothing is left', seen(), []],
  [
    'it was started first, and both run',
    seen({ predecessor: oldOne({ restart: policy('always') }), successor: newOne({ running: true }) }),
    [
      'rename aaaaaaaaaaaa to web.refreshd-r1.old — the name belongs to the new one',
      'rename bbbbbbbbbbbb to web — takes over the name',
      POLICY_NEW,
      DISARM,
      'stop aaaaaaaaaaaa, 10 s grace — the new one is proven',
      REMOVE_OLD,
    ],
  ],
  [
    'the copy in which it was tried is there still',
    seen({
      successor: settled,
      preflight: newOne({ id: idOf('7'), name: 'web.refreshd-r1.preflight', running: true }),
    }),
    [
      'stop 777777777777, 10 s grace — it was made for the preflight alone',
      'remove 777777777777 and the volumes made for it — it was made for the preflight alone',
    ],
  ],
  [
    'somebody took the copy in which it was tried',
    seen({ successor: settled, preflight: newOne({ id: idOf('7'), name: 'mine', running: true }) }),
    [],
  ],
  ['it was just proven', seen({ predecessor: aside, successor: proven }), [POLICY_NEW, DISARM, REMOVE_OLD]],
  [
    'the old one is disarmed and the new one armed',
    seen({ predecessor: { ...aside, restart: policy('no') }, successor: settled }),
    [REMOVE_OLD],
  ],
  [
    'the old one has the empty policy, which is none',
    seen({ predecessor: { ...aside, restart: policy('') }, successor: settled }),
    [REMOVE_OLD],
  ],
  [
    'a power cut left the armed old one running, and the new one down',
    seen({ predecessor: { ...aside, running: true }, successor: { ...proven, running: false } }),
    [
      POLICY_NEW,
      DISARM,
      'stop aaaaaaaaaaaa, 10 s grace — the new one is proven',
      START_NEW,
      'verify bbbbbbbbbbbb — it went down after it was proven',
      REMOVE_OLD,
    ],
  ],
  [
    'a person gave the old one a name of their own: it is theirs to keep',
    seen({ predecessor: { ...aside, name: 'mine' }, successor: proven }),
    [POLICY_NEW, DISARM],
  ],
  [
    'a person gave the new one a name of their own: it keeps that',
    seen({ predecessor: aside, successor: { ...proven, name: 'mine' } }),
    [POLICY_NEW, DISARM, REMOVE_OLD],
  ],
  [
    'the old one bears the name',
    seen({
      predecessor: oldOne({ running: false, restart: policy('no') }),
      successor: newOne({ running: true }),
    }),
    [
      'rename aaaaaaaaaaaa to web.refreshd-r1.old — the name belongs to the new one',
      'rename bbbbbbbbbbbb to web — takes over the name',
      POLICY_NEW,
      REMOVE_OLD,
    ],
  ],
  [
    'the old one was removed by somebody before the switch was through',
    seen({ successor: newOne() }),
    ['rename bbbbbbbbbbbb to web — takes over the name', POLICY_NEW, START_NEW],
  ],
  [
    'somebody else has the name: it is not taken from them, and ours goes',
    seen({ successor: newOne({ running: true }), nameHolder: idOf('9') }),
    [
      'stop bbbbbbbbbbbb, 10 s grace — somebody else uses the name now',
      'remove bbbbbbbbbbbb — made by us, and not wanted',
    ],
  ],
  [
    'somebody took the name before the new one had it: the old one is all that is left',
    seen({ predecessor: aside, successor: newOne(), nameHolder: idOf('9') }),
    [DISARM, 'remove bbbbbbbbbbbb — made by us, and not wanted'],
  ],
  [
    'somebody gave ours another name, and theirs the name: both stay as they are',
    seen({ predecessor: aside, successor: newOne({ name: 'spare', running: true }), nameHolder: idOf('9') }),
    [DISARM, REMOVE_OLD],
  ],
];

describe('settling', () => {
  it.each(ROWS)('when %s', (_, found, expected) => {
    expect(settle(found)).toEqual(expected);
  });

  it('starts nothing that shall not run', () => {
    const stopped = member({ running: false });
    expect(settle(seen({ successor: { ...settled, running: false } }), stopped)).toEqual([]);
  });

  it('removes nobody before all are in place, followers first; and nobody that was not looked at', () => {
    const sidecar = seen({
      predecessor: oldOne({ id: idOf('e'), name: 'sidecar.refreshd-r1.old', running: false }),
      successor: newOne({ id: idOf('f'), name: 'sidecar', running: true, restart: policy('always') }),
      nameHolder: idOf('f'),
    });
    const both = rollout(member(), follower());
    const web = seen({ predecessor: { ...aside, restart: policy('no') }, successor: settled });
    expect(planSettle(both, observed(web, sidecar)).map(({ subject, kind }) => `${subject} ${kind}`)).toEqual(
      ['sidecar restart-policy', 'sidecar remove', 'web remove'],
    );
    expect(lines(planSettle(both, observed(web)))).toEqual([REMOVE_OLD]);
  });
});
