import { expect, it } from 'vitest';
import { inspectedImageShape } from '../../../src/container/inspected.ts';
import { decideRecovery } from '../../../src/plan/decide-recovery.ts';
import {
  idOf,
  lines,
  member,
  newOne,
  OLD_IMAGE,
  observed,
  oldOne,
  policy,
  rollout,
  seen,
} from '../../support/rollout-samples.ts';

const aside = oldOne({ name: 'web.refreshd-r1.old', running: false, restart: policy('always') });
const inPlace = newOne({ name: 'web', running: true });

it('removes what was made for the update before it puts the old one back, where the disk is full', () => {
  const found = observed(seen({ predecessor: aside, successor: inPlace, freshVolumes: ['scratch'] }));
  const { steps } = decideRecovery('undoing', rollout(), found, { needsRoom: true });
  expect(lines(steps)).toEqual([
    'stop bbbbbbbbbbbb, 10 s grace — the new one makes way',
    'remove bbbbbbbbbbbb — made by us, and not wanted',
    'remove volume scratch — made with it',
    'rename aaaaaaaaaaaa to web — the old one takes its name again',
    'set restart policy unless-stopped on aaaaaaaaaaaa — as it was before',
    'start aaaaaaaaaaaa — the old one serves again',
    'verify aaaaaaaaaaaa — going back is proven like going forward',
  ]);
});

it('takes the same steps in another order, but for the name that is not needed any more', () => {
  const found = observed(seen({ predecessor: aside, successor: inPlace }));
  const usual = lines(decideRecovery('undoing', rollout(), found).steps);
  const onFullDisk = lines(decideRecovery('undoing', rollout(), found, { needsRoom: true }).steps);
  expect(usual.filter(line => !onFullDisk.includes(line))).toEqual([
    'rename bbbbbbbbbbbb to web.refreshd-r1.new — gives the name back',
  ]);
  expect(onFullDisk.filter(line => !usual.includes(line))).toEqual([]);
});

it('removes the old one no earlier than ever: what leads forward keeps its order', () => {
  const found = observed(seen({ predecessor: aside, successor: inPlace }));
  const { steps } = decideRecovery('committed', rollout(), found, { needsRoom: true });
  expect(steps).toEqual(decideRecovery('committed', rollout(), found).steps);
});

it('keeps the copy that a container started with --rm is made from again, until it is proven', () => {
  const image = inspectedImageShape.parse({ Id: OLD_IMAGE });
  const spec = { config: {}, host: {}, primary: undefined, others: [] };
  const traits = { hostname: '', logDriver: '', apiVersion: '1.44' };
  const blueprint = { spec, image, userSet: new Set<string>(), traits, platform: undefined };
  const standIn = { ...aside, id: idOf('c'), restart: policy('no'), blueprint };
  const of = rollout(member({ vanishes: true, restart: policy('no') }));
  const found = observed(seen({ standIn, successor: { ...inPlace, running: false } }));
  const { steps } = decideRecovery('undoing', of, found, { needsRoom: true });
  expect(lines(steps).map(line => line.replace(/ — .*/, ''))).toEqual([
    'remove bbbbbbbbbbbb',
    'create web',
    'compare web with web',
    'start web',
    'verify web',
    'remove cccccccccccc',
  ]);
});
