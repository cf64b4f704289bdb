import { describe, expect, it } from 'vitest';
import type { Spec } from '../../../src/container/carry-over.ts';
import { inspectedImageShape } from '../../../src/container/inspected.ts';
import { parseRolloutLabel, ROLLOUT_LABEL } from '../../../src/container/rollout-label.ts';
import { parseReference } from '../../../src/image/reference.ts';
import type { HealthDemand } from '../../../src/plan/health-demand.ts';
import { planArm, planPrepare, planPull, planSwitch } from '../../../src/plan/plan-update.ts';
import type { Member } from '../../../src/plan/rollout.ts';
import type { Step } from '../../../src/plan/step.ts';
import type { ReadyTakeover } from '../../../src/plan/takeover.ts';
import {
  DEMAND,
  follower,
  INSPECTED,
  idOf as id,
  lines,
  member,
  NEW,
  NEW_IMAGE,
  OFFERED,
  OLD,
  policy,
  rollout,
} from '../../support/rollout-samples.ts';

const EMPTY: Spec = { config: {}, host: {}, primary: undefined, others: [] };

function takeover(of: Member, over: Partial<ReadyTakeover> = {}): ReadyTakeover {
  const reference = parseReference(of.reference);
  if (reference === undefined) throw new Error('the sample is no reference');
  return {
    member: of,
    seen: INSPECTED,
    oldImage: inspectedImageShape.parse({ Id: of.fromImage, Config: {} }),
    reference,
    platform: undefined,
    follows: undefined,
    spec: EMPTY,
    traits: { hostname: 'host', logDriver: 'json-file', apiVersion: '1.44' },
    demand: DEMAND,
    strategy: { kind: 'replace' },
    notice: undefined,
    image: inspectedImageShape.parse({ Id: NEW_IMAGE, Config: {} }),
    ...over,
  };
}

describe('pulling', () => {
  it('goes by digest, for the platform that is asked for', () => {
    expect(lines(planPull(takeover(member())))).toEqual([
      'pull registry.test/web@dddddddddddd — registry.test/web:1 now offers it; by digest, because the tag may move again meanwhile',
    ]);
    expect(planPull(takeover(member(), { platform: 'linux/arm/v6' }))).toMatchObject([
      { digest: OFFERED, platform: 'linux/arm/v6' },
    ]);
  });

  it('is not needed where only the container is made anew', () => {
    expect(planPull(takeover(follower()))).toEqual([]);
  });
});

describe('preparing', () => {
  const networks = [
    { network: 'back', endpoint: { Aliases: ['db'] } },
    { network: 'side', endpoint: {} },
  ];
  const prepare = (...of: ReadyTakeover[]) => {
    const whole = rollout(...of.map(({ member: each }) => each));
    return of.flatMap(each => planPrepare(whole, each, []));
  };

  it('makes each successor beside its predecessor, on all its networks, and compares it', () => {
    expect(lines(prepare(takeover(member(), { spec: { ...EMPTY, others: networks } })))).toEqual([
      'tag registry.test/web@dddddddddddd as registry.test/web:1 — the container is made from its own reference, so that nothing compose or people read has changed',
      'create web.refreshd-r1.new — made before anything stops, so that a failure costs nothing',
      'connect web.refreshd-r1.new to network back — the container is on it today',
      'connect web.refreshd-r1.new to network side — the container is on it today',
      'compare web.refreshd-r1.new with web — the engine drops what it does not know without a word',
    ]);
  });

  it('does not connect afterwards what has to be joined at once', () => {
    const side = { network: 'side', endpoint: { MacAddress: '02:00:00:00:00:01' } };
    const spec = { ...EMPTY, others: [...networks.slice(0, 1), side] };
    expect(prepare(takeover(member(), { spec }))).toMatchObject([
      {},
      { kind: 'create', body: { NetworkingConfig: { EndpointsConfig: { side: side.endpoint } } } },
      { kind: 'connect', network: 'back' },
      { kind: 'compare' },
    ]);
  });

  it('moves no tag for a container that keeps its image', () => {
    expect(
      prepare(takeover(member()), takeover(follower())).map(each => `${each.subject} ${each.kind}`),
    ).toEqual(['web tag', 'web create', 'web compare', 'sidecar create', 'sidecar compare']);
  });

  it('passes the endpoint, the platform and the intended spec on as they are', () => {
    const spec = { ...EMPTY, config: { User: 'me' }, others: networks };
    const steps = prepare(takeover(member(), { spec, platform: 'linux/arm/v6' }));
    expect(steps).toMatchObject([
      {},
      { platform: 'linux/arm/v6', rolloutId: 'r1', body: { User: 'me', Image: 'registry.test/web:1' } },
      { endpoint: { Aliases: ['db'] } },
      {},
      { intended: spec, image: { Id: NEW_IMAGE } },
    ]);
  });

  it.each([
    ['a new image', member({ restart: policy('on-failure', 3) }), OFFERED],
    ['the same image, stopped', follower({ running: false }), undefined],
  ] as const)(
    'writes the way back on a successor with %s, which has no restart policy yet',
    (_, of, digest) => {
      const create = prepare(takeover(of)).find(({ kind }) => kind === 'create');
      const body = (create as { body: Record<string, Record<string, string>> }).body;
      expect(body['HostConfig']).toEqual({ RestartPolicy: policy('no') });
      expect(parseRolloutLabel(body['Labels']?.[ROLLOUT_LABEL])).toEqual({
        v: 1,
        role: 'successor',
        id: 'r1',
        home: 'home',
        name: of.name,
        predecessor: of.predecessor,
        from: of.fromImage,
        reference: of.reference,
        place: 0,
        ...(digest !== undefined && { digest }),
        restart: { name: of.restart.Name, retries: of.restart.MaximumRetryCount },
        running: of.running,
        vanishes: false,
      });
    },
  );
});

describe('the switch', () => {
  const replacements = [
    { old: { id: member().predecessor, name: 'web' }, new: { id: NEW, name: 'web' } },
    { old: { id: follower().predecessor, name: 'sidecar' }, new: { id: id('f'), name: 'sidecar' } },
  ];
  const planned = (...of: ReadyTakeover[]) => [
    ...planArm(of),
    ...planSwitch(rollout(...of.map(({ member: each }) => each)), of, replacements),
  ];

  it('is arm, stop, two renames, start, verify', () => {
    expect(lines(planned(takeover(member({ stopGrace: 15 }))))).toEqual([
      'set restart policy always on aaaaaaaaaaaa — should the machine go down now, the engine brings back the old one; it also shows that the engine can write',
      'stop aaaaaaaaaaaa, 15 s grace — from here until the start the service is down',
      'rename aaaaaaaaaaaa to web.refreshd-r1.old — kept aside, whole, until the new one is proven',
      'rename bbbbbbbbbbbb to web — takes over the name',
      'start bbbbbbbbbbbb — the new one takes over',
      'verify bbbbbbbbbbbb — no /health is known: running without a restart, and its HEALTHCHECK if it has one; then stable for 30 s',
    ]);
  });

  it('stops those that depend on it first, and starts and verifies them last', () => {
    const steps = planned(takeover(member()), takeover(follower()));
    expect(steps.map(each => `${each.subject} ${each.kind}`)).toEqual([
      'web restart-policy',
      'sidecar restart-policy',
      'sidecar stop',
      'web stop',
      'web rename',
      'web rename',
      'sidecar rename',
      'sidecar rename',
      'web start',
      'sidecar start',
      'web verify',
      'sidecar verify',
    ]);
  });

  it('leaves a stopped container stopped', () => {
    expect(planned(takeover(member({ running: false }))).map(({ kind }) => kind)).toEqual([
      'restart-policy',
      'rename',
      'rename',
    ]);
  });

  it.each([
    ['unless-stopped', policy('always')],
    ['always', policy('always')],
    ['on-failure', policy('on-failure', 5)],
    ['no', policy('no')],
  ])(
    'arms a predecessor of policy %s so that an engine start brings it back if it would anyway',
    (name, armed) => {
      const [arm] = planned(takeover(member({ restart: policy(name, armed.MaximumRetryCount) })));
      expect(arm).toMatchObject({ kind: 'restart-policy', policy: armed });
    },
  );

  it.each<[string, HealthDemand['probe']]>([
    ['GET /ready on port 81', { at: 'port', port: 81, path: '/ready' }],
    ['GET http://127.0.0.1:81/x', { at: 'url', url: 'http://127.0.0.1:81/x' }],
  ])('says what is asked: %s', (words, probe) => {
    const demand = { ...DEMAND, probe, stableFor: 300_000 };
    const verify = planned(takeover(member(), { demand })).at(-1);
    expect(verify).toMatchObject({
      demand,
      cause: `${words}, and its HEALTHCHECK if it has one; then stable for 5 min`,
    });
  });
});

describe('what the engine removes when it stops (--rm)', () => {
  const of = member({ vanishes: true, restart: policy('no') });
  const spec: Spec = { ...EMPTY, host: { AutoRemove: true } };
  const steps = (): Step[] => {
    const one = takeover(of, { spec });
    const replacements = [{ old: { id: OLD, name: 'web' }, new: { id: NEW, name: 'web' } }];
    return [
      ...planPrepare(rollout(of), one, []),
      ...planArm([one]),
      ...planSwitch(rollout(of), [one], replacements),
    ];
  };

  it('is copied first, and seen off instead of put aside', () => {
    expect(lines(steps()).map(line => line.replace(/ — .*/, ''))).toEqual([
      'create web.refreshd-r1.old',
      'compare web.refreshd-r1.old with web',
      'tag registry.test/web@dddddddddddd as registry.test/web:1',
      'create web.refreshd-r1.new',
      'compare web.refreshd-r1.new with web',
      'stop aaaaaaaaaaaa, 10 s grace',
      'remove aaaaaaaaaaaa',
      'rename bbbbbbbbbbbb to web',
      'start bbbbbbbbbbbb',
      'verify bbbbbbbbbbbb',
    ]);
  });

  it('has a copy of its own image that stays whatever happens, and a successor that does not', () => {
    const bodies = steps().flatMap(step => (step.kind === 'create' ? [step.body] : []));
    expect(bodies).toMatchObject([
      { Image: of.fromImage, HostConfig: { AutoRemove: false } },
      { Image: of.reference, HostConfig: { AutoRemove: true } },
    ]);
  });
});

describe('one that is started first', () => {
  const one = takeover(member(), { strategy: { kind: 'start-first' } });

  it('is proven while the old one serves', () => {
    expect(lines(planPrepare(rollout(one.member), one, [])).slice(-3)).toEqual([
      'compare web.refreshd-r1.new with web — the engine drops what it does not know without a word',
      'start web.refreshd-r1.new — beside the old one, which goes on serving until this one is proven',
      'verify web.refreshd-r1.new — no /health is known: running without a restart, and its HEALTHCHECK if it has one; then stable for 30 s',
    ]);
  });

  it('needs no switch', () => {
    expect(planSwitch(rollout(one.member), [one], [])).toEqual([]);
  });
});
