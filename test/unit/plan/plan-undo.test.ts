import { describe, expect, it } from 'vitest';
import { inspectedImageShape } from '../../../src/container/inspected.ts';
import type { ObservedMember } from '../../../src/plan/observed.ts';
import { planUndo } from '../../../src/plan/plan-undo.ts';
import type { Member } from '../../../src/plan/rollout.ts';
import {
  DEMAND,
  follower,
  idOf,
  lines,
  member,
  NEW_IMAGE,
  newOne,
  OLD_IMAGE,
  observed,
  oldOne,
  policy,
  rollout,
  seen,
} from '../../support/rollout-samples.ts';

const VERIFY = 'verify aaaaaaaaaaaa — going back is proven like going forward';
const REMOVE_NEW = 'remove bbbbbbbbbbbb — made by us, and not wanted';
const REMOVE_IMAGE = 'remove image registry.test/web@dddddddddddd — pulled by us, and not wanted';
const TAG_BACK = 'tag 111111111111 as registry.test/web:1 — by image id: the tag itself has moved on';
const POLICY_BACK = 'set restart policy unless-stopped on aaaaaaaaaaaa — as it was before';
const START_OLD = 'start aaaaaaaaaaaa — the old one serves again';

const undo = (found: ObservedMember, of: Member = member(), prove = true) =>
  lines(planUndo(rollout(of), observed(found), { wasSwitching: prove, byHand: false }));

const aside = oldOne({ name: 'web.refreshd-r1.old', running: false, restart: policy('always') });
const trial = newOne({ id: idOf('7'), name: 'web.refreshd-r1.preflight', running: true });
const STOP_TRIAL = 'stop 777777777777, 10 s grace — it was made for the preflight alone';
const REMOVE_TRIAL = 'remove 777777777777 and the volumes made for it — it was made for the preflight alone';
const moved = { taggedImage: NEW_IMAGE, newImage: NEW_IMAGE };

const ROWS: readonly (readonly [string, ObservedMember, readonly string[]])[] = [
  ['nothing was done', seen({ predecessor: oldOne() }), [VERIFY]],
  ['nothing is left', seen(), []],
  ['the image was pulled', seen({ predecessor: oldOne(), newImage: NEW_IMAGE }), [VERIFY, REMOVE_IMAGE]],
  [
    'the successor was made',
    seen({ predecessor: oldOne(), successor: newOne(), ...moved }),
    [TAG_BACK, VERIFY, REMOVE_NEW, REMOVE_IMAGE],
  ],
  [
    'an image is being tried beside the predecessor',
    seen({ predecessor: oldOne(), preflight: trial, newImage: NEW_IMAGE }),
    [VERIFY, STOP_TRIAL, REMOVE_TRIAL, REMOVE_IMAGE],
  ],
  [
    'the copy in which an image was tried is stopped already',
    seen({ predecessor: oldOne(), preflight: { ...trial, running: false } }),
    [VERIFY, REMOVE_TRIAL],
  ],
  [
    'a person took the copy for themselves',
    seen({ predecessor: oldOne(), preflight: { ...trial, name: 'mine' } }),
    [VERIFY],
  ],
  [
    'the predecessor was armed',
    seen({ predecessor: oldOne({ restart: policy('always') }), successor: newOne() }),
    [POLICY_BACK, VERIFY, REMOVE_NEW],
  ],
  [
    'the predecessor was stopped',
    seen({ predecessor: oldOne({ running: false }), successor: newOne() }),
    [START_OLD, VERIFY, REMOVE_NEW],
  ],
  [
    'the predecessor was renamed',
    seen({ predecessor: aside, successor: newOne() }),
    [
      'rename aaaaaaaaaaaa to web — the old one takes its name again',
      POLICY_BACK,
      START_OLD,
      VERIFY,
      REMOVE_NEW,
    ],
  ],
  [
    'the successor runs under the name',
    seen({ predecessor: aside, successor: newOne({ name: 'web', running: true }), ...moved }),
    [
      'stop bbbbbbbbbbbb, 10 s grace — the new one makes way',
      'rename bbbbbbbbbbbb to web.refreshd-r1.new — gives the name back',
      'rename aaaaaaaaaaaa to web — the old one takes its name again',
      POLICY_BACK,
      START_OLD,
      TAG_BACK,
      VERIFY,
      REMOVE_NEW,
      REMOVE_IMAGE,
    ],
  ],
  [
    'somebody else took the name: the old one stays aside and does not fight',
    seen({ predecessor: aside, successor: newOne(), nameHolder: idOf('9') }),
    ['set restart policy no on aaaaaaaaaaaa — somebody else uses the name now', REMOVE_NEW],
  ],
  [
    'somebody else took the name, and the old one is disarmed already',
    seen({ predecessor: { ...aside, restart: policy('no') }, nameHolder: idOf('9') }),
    [],
  ],
  [
    'the old image was removed from under the old container: there is nothing to tag',
    seen({ predecessor: oldOne(), ...moved, oldImageIsHere: false }),
    [VERIFY, REMOVE_IMAGE],
  ],
  [
    'somebody moved the tag elsewhere since',
    seen({ predecessor: oldOne(), newImage: NEW_IMAGE, taggedImage: OLD_IMAGE }),
    [VERIFY, REMOVE_IMAGE],
  ],
  [
    'somebody else runs the new image by now',
    seen({ predecessor: oldOne(), ...moved, newImageUsedElsewhere: true }),
    [VERIFY],
  ],
  [
    'a network of its was made again meanwhile',
    seen({
      predecessor: oldOne({
        running: false,
        lostNetworks: [{ network: 'front', endpoint: { Aliases: ['api'] }, isStale: true }],
      }),
    }),
    [
      'disconnect aaaaaaaaaaaa from network front — another network of that name was made meanwhile',
      'connect aaaaaaaaaaaa to network front — another network of that name was made meanwhile',
      START_OLD,
      VERIFY,
    ],
  ],
  [
    'the new image is the old one',
    seen({ predecessor: oldOne(), newImage: OLD_IMAGE, taggedImage: OLD_IMAGE }),
    [VERIFY],
  ],
];

describe('going back', () => {
  it.each(ROWS)('when %s', (_, found, expected) => {
    expect(undo(found)).toEqual(expected);
  });

  it('proves nothing before anything was stopped', () => {
    expect(undo(seen({ predecessor: oldOne() }), member(), false)).toEqual([]);
  });

  it('leaves a container stopped that was stopped', () => {
    expect(undo(seen({ predecessor: oldOne({ running: false }) }), member({ running: false }))).toEqual([]);
  });

  it('keeps an image that was here before', () => {
    const kept = member({ target: { ...member().target, pulled: false } as Member['target'] });
    expect(undo(seen({ predecessor: oldOne(), newImage: NEW_IMAGE }), kept)).toEqual([VERIFY]);
  });

  it('has no name to tag or remove where the reference cannot be read', () => {
    const odd = member({ reference: idOf('7') });
    expect(undo(seen({ predecessor: oldOne(), ...moved }), odd)).toEqual([VERIFY]);
  });

  it('asks of the predecessor what it is observed to owe', () => {
    const demand = { ...DEMAND, mustBeHealthy: false };
    const steps = planUndo(rollout(), observed(seen({ predecessor: oldOne(), demand })), {
      wasSwitching: true,
      byHand: false,
    });
    expect(steps).toMatchObject([{ kind: 'verify', demand }]);
  });

  it('stops and removes followers first, and restores the leader first', () => {
    const sidecar = seen({
      predecessor: oldOne({
        id: idOf('e'),
        name: 'sidecar.refreshd-r1.old',
        running: false,
        restart: policy('always'),
      }),
      successor: newOne({ id: idOf('f'), name: 'sidecar', running: true }),
      nameHolder: idOf('f'),
    });
    const web = seen({ predecessor: aside, successor: newOne({ name: 'web', running: true }) });
    const steps = planUndo(rollout(member(), follower()), observed(web, sidecar), {
      wasSwitching: true,
      byHand: false,
    });
    expect(steps.map(({ subject, kind }) => `${subject} ${kind}`)).toEqual([
      'sidecar stop',
      'web stop',
      'sidecar rename',
      'web rename',
      'web rename',
      'web restart-policy',
      'web start',
      'sidecar rename',
      'sidecar start',
      'web verify',
      'sidecar verify',
      'sidecar remove',
      'web remove',
    ]);
  });

  it('does nothing about a member that was not looked at', () => {
    const steps = planUndo(rollout(member(), follower()), observed(seen({ predecessor: oldOne() })), {
      wasSwitching: true,
      byHand: false,
    });
    expect(lines(steps)).toEqual([VERIFY]);
  });
});

describe('a predecessor that still runs as it was started', () => {
  const startedAt = '2026-01-01T00:00:00Z';
  const restart = [
    'stop aaaaaaaaaaaa, 10 s grace — a stop may still be under way, and is seen through',
    START_OLD,
  ];

  it('may be about to stop, so that is seen through before it is started again', () => {
    const found = seen({ predecessor: oldOne({ startedAt }) });
    expect(undo(found, member({ startedAt }))).toEqual([...restart, VERIFY]);
  });

  it('is left alone where nothing was stopped yet, or it was started since', () => {
    const found = seen({ predecessor: oldOne({ startedAt }) });
    expect(undo(found, member({ startedAt }), false)).toEqual([]);
    expect(undo(found, member({ startedAt: '2025-12-31T00:00:00Z' }))).toEqual([VERIFY]);
  });
});

describe('what was only being prepared', () => {
  const prepared = (found: ObservedMember, byHand = false, of = member()) =>
    lines(planUndo(rollout(of), observed(found), { wasSwitching: false, byHand }));
  const down = oldOne({ running: false });

  it('is started again where the engine ended it, and left down where a person did', () => {
    expect(prepared(seen({ predecessor: down }))).toEqual([START_OLD]);
    expect(prepared(seen({ predecessor: down }), true)).toEqual([]);
  });

  it('keeps the name that a person gave it', () => {
    expect(prepared(seen({ predecessor: oldOne({ name: 'mine' }), nameHolder: undefined }))).toEqual([]);
  });

  it('gets its restart policy back from the armed one, and from no other', () => {
    expect(prepared(seen({ predecessor: oldOne({ restart: policy('always') }) }))).toEqual([POLICY_BACK]);
    expect(prepared(seen({ predecessor: oldOne({ restart: policy('on-failure', 3) }) }))).toEqual([]);
  });

  it('is not touched, under a name of its own, where somebody made another', () => {
    const mine = oldOne({ name: 'mine', restart: policy('on-failure', 3) });
    expect(prepared(seen({ predecessor: mine, nameHolder: idOf('9') }))).toEqual([]);
  });
});

describe('the copy of a container that was started with --rm', () => {
  const of = member({ vanishes: true, restart: policy('no') });
  const blueprint = {
    spec: { config: {}, host: {}, primary: undefined, others: [] },
    image: inspectedImageShape.parse({ Id: OLD_IMAGE }),
    userSet: new Set<string>(),
    traits: { hostname: '', logDriver: '', apiVersion: '1.44' },
    platform: undefined,
  };
  const copy = { ...oldOne({ id: idOf('c'), running: false, restart: policy('no') }), blueprint };
  const plain = (found: ObservedMember) => undo(found, of).map(line => line.replace(/ — .*/, ''));

  it('is what the old one is made of again', () => {
    const standIn = { ...copy, name: 'web.refreshd-r1.old' };
    expect(plain(seen({ standIn }))).toEqual([
      'create web',
      'compare web with web',
      'start web',
      'verify web',
      'remove cccccccccccc',
    ]);
  });

  it('serves itself, where a person put it in place', () => {
    expect(plain(seen({ standIn: copy, nameHolder: copy.id }))).toEqual([
      'start cccccccccccc',
      'verify cccccccccccc',
    ]);
    const running = { ...copy, running: true };
    expect(plain(seen({ standIn: running, nameHolder: copy.id }))).toEqual(['verify cccccccccccc']);
  });

  it('stays with whoever took it under a name of their own', () => {
    const standIn = { ...copy, name: 'mine' };
    expect(plain(seen({ predecessor: oldOne({ restart: policy('no') }), standIn }))).toEqual([
      'verify aaaaaaaaaaaa',
    ]);
  });
});
