import { describe, expect, it } from 'vitest';
import type { Spec } from '../../../src/container/carry-over.ts';
import { type Choice, chooseStrategy, type Wanted } from '../../../src/plan/choose-strategy.ts';
import { DEMAND, follower, member } from '../../support/rollout-samples.ts';

const PLAIN: Spec = { config: {}, host: {}, primary: undefined, others: [] };
const host = (of: Spec['host']): Partial<Wanted> => ({ spec: { ...PLAIN, host: of } });
const PROBED = { ...DEMAND, probe: { at: 'port', port: 80, path: '/health' } as const, ports: ['80/tcp'] };

function choose(over: Partial<Wanted>): Choice {
  return chooseStrategy({
    wishes: {},
    member: member(),
    spec: PLAIN,
    demand: DEMAND,
    follows: undefined,
    isAlone: true,
    engineAddress: '127.0.0.1',
    ...over,
  });
}

it('replaces where nothing else is asked for', () => {
  const replace = { strategy: { kind: 'replace' }, notice: undefined };
  expect(choose({})).toEqual(replace);
  expect(choose({ wishes: { preflight: false, strategy: 'replace' } })).toEqual(replace);
});

describe('a preflight', () => {
  const preflight = (over: Partial<Wanted>) => choose({ wishes: { preflight: true }, ...over });

  it('is for a new image of a container that runs', () => {
    expect(preflight({})).toMatchObject({ strategy: { kind: 'preflight' }, notice: undefined });
    const kept = member({ target: { kind: 'kept', image: 'x', digest: undefined } });
    for (const one of [member({ running: false }), follower(), kept])
      expect(preflight({ member: one })).toEqual({ strategy: { kind: 'replace' }, notice: undefined });
  });

  it.each<[string, Partial<Wanted>]>([
    ['it uses the network of the host', host({ NetworkMode: 'host' })],
    ['it uses the network of another container', host({ NetworkMode: 'container:x' })],
    ['it uses the processes of the host', host({ PidMode: 'host' })],
    ['it uses the memory of another container', host({ IpcMode: 'container:x' })],
    ['it uses the host name of the host', host({ UTSMode: 'host' })],
    ['it is privileged', host({ Privileged: true })],
    ['it uses devices of the host', host({ Devices: [{}] })],
    ['it uses devices of the host', host({ DeviceRequests: [{}] })],
    ['it is linked to web', { follows: 'is linked to web', isAlone: false }],
    [
      'label refreshd.health.url names an address where the old one answers',
      { demand: { ...DEMAND, probe: { at: 'url', url: 'http://127.0.0.1/' } } },
    ],
  ])('is not where %s, and that is said', (why, over) => {
    expect(preflight(over)).toEqual({ strategy: { kind: 'replace' }, notice: `no preflight, since ${why}` });
  });

  it('is one of the first of a set, of what writes, has ports and goes when it stops, too', () => {
    const busy = { PortBindings: { '80/tcp': [{ HostPort: '80' }] }, Binds: ['/srv:/srv'], AutoRemove: true };
    for (const over of [{ isAlone: false }, host(busy), host({ IpcMode: 'private', Devices: [] })])
      expect(preflight(over).strategy.kind).toBe('preflight');
  });

  it('is asked at a port of its own, where the old one is asked at a port of the host', () => {
    const published = host({ PortBindings: { '80/tcp': [{ HostIp: '10.0.0.1', HostPort: '80' }] } });
    const bindingOf = (over: Partial<Wanted>) => {
      const { strategy } = preflight({ demand: PROBED, ...over });
      if (strategy.kind !== 'preflight') throw new Error('no preflight');
      return [strategy.spec.host['PortBindings'], strategy.demand.ports];
    };
    const at = (HostIp: string) => [{ '80/tcp': [{ HostIp, HostPort: '' }] }, ['80/tcp']];
    expect(bindingOf(published)).toEqual(at('127.0.0.1'));
    expect(bindingOf({ ...published, engineAddress: '10.0.0.1' })).toEqual(at('10.0.0.1'));
    expect(bindingOf(host({ PublishAllPorts: true }))).toEqual(at('127.0.0.1'));
    expect(bindingOf(host({ PortBindings: { '81/tcp': [{ HostPort: '80' }] } }))).toEqual([undefined, []]);
    expect(bindingOf({ ...published, demand: DEMAND })).toEqual([undefined, []]);
  });
});

describe('starting the new one first', () => {
  const first = (over: Partial<Wanted>) => choose({ wishes: { strategy: 'start-first' }, ...over });

  it('is for one that runs and is alone, with or without a new image', () => {
    expect(first({})).toEqual({ strategy: { kind: 'start-first' }, notice: undefined });
    const kept = member({ target: { kind: 'kept', image: 'x', digest: undefined } });
    expect(first({ member: kept }).strategy.kind).toBe('start-first');
    expect(first({ wishes: { strategy: 'start-first', preflight: true } }).strategy.kind).toBe('start-first');
    expect(first({ member: member({ running: false }) })).toMatchObject({ strategy: { kind: 'replace' } });
  });

  const fixed = (endpoint: Record<string, unknown>): Partial<Wanted> => ({
    spec: { ...PLAIN, others: [{ network: 'net', endpoint }] },
  });
  it.each<[string, Partial<Wanted>]>([
    ['others are tied to it', { isAlone: false }],
    ['it was started with --rm', host({ AutoRemove: true })],
    ['it publishes ports of the host', host({ PortBindings: { '80/tcp': [{}] } })],
    ['it publishes ports of the host', host({ PublishAllPorts: true })],
    ['it has a fixed address', fixed({ IPAMConfig: { IPv4Address: '10.0.0.9' } })],
    ['it has a MAC address that may have been chosen for it', fixed({ MacAddress: '02::1' })],
    [
      'it has a MAC address that may have been chosen for it',
      { spec: { ...PLAIN, config: { MacAddress: '02::1' } } },
    ],
    ['others find it by its host name', { spec: { ...PLAIN, config: { Hostname: 'web' } } }],
    [
      'two would write to the same data at /var/run/docker.sock',
      host({ Binds: ['/var/run/docker.sock:/var/run/docker.sock:ro'] }),
    ],
    ['two would write to the same data at /data', host({ Binds: ['/srv:/data'] })],
    ['two would write to the same data at /data', host({ Mounts: [{ Type: 'volume', Target: '/data' }] })],
    ['it uses the network of the host', host({ NetworkMode: 'host' })],
    ['it uses devices of the host', host({ DeviceCgroupRules: ['c 1:3 mr'] })],
  ])('is not where %s, and that is said', (why, over) => {
    expect(first(over)).toEqual({
      strategy: { kind: 'replace' },
      notice: `its successor is not started first, since ${why}`,
    });
  });

  it('is in the way of nobody who only reads, and has aliases', () => {
    const reads = host({
      Binds: ['/srv:/data:ro'],
      Mounts: [{ Type: 'tmpfs', Target: '/t' }],
      PortBindings: {},
    });
    for (const over of [reads, fixed({ Aliases: ['web'] })])
      expect(first(over).strategy.kind).toBe('start-first');
  });

  it('leaves a preflight, where that is possible', () => {
    const both = { strategy: 'start-first', preflight: true } as const;
    expect(choose({ wishes: both, ...host({ PublishAllPorts: true }) })).toMatchObject({
      strategy: { kind: 'preflight' },
      notice: 'its successor is not started first, since it publishes ports of the host',
    });
    expect(choose({ wishes: both, ...host({ NetworkMode: 'host' }) })).toEqual({
      strategy: { kind: 'replace' },
      notice:
        'its successor is not started first, since it uses the network of the host; no preflight, since it uses the network of the host',
    });
  });
});
