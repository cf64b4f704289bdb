import { describe, expect, it } from 'vitest';
import { configDelta, labelDelta, sharesNetwork } from '../../../src/container/config-delta.ts';
import { configShape, type HostConfig } from '../../../src/container/inspected.ts';
import { ROLLOUT_LABEL, USER_SET_LABEL } from '../../../src/container/rollout-label.ts';

type Fields = Record<string, unknown>;
const ID = '0123456789abcdef'.repeat(4);

/** What of a container's configuration is the user's. */
function deltaOf(config: Fields, image: Fields = {}, host: HostConfig = {}, noted: string[] = []): Fields {
  return configDelta(configShape.parse(config), configShape.parse(image), {
    containerId: ID,
    host,
    userSet: new Set(noted),
    engineHostname: 'engine',
    macIsPerNetwork: false,
    envIsMixed: false,
  });
}

describe('a field', () => {
  it.each(['User', 'WorkingDir', 'StopSignal'])('%s is the user’s where it differs', field => {
    expect(deltaOf({ [field]: 'a' }, { [field]: 'b' })).toEqual({ [field]: 'a' });
    expect(deltaOf({ [field]: 'a' })).toEqual({ [field]: 'a' });
    expect(deltaOf({ [field]: 'a' }, { [field]: 'a' })).toEqual({});
    expect(deltaOf({ [field]: '' }, { [field]: 'a' })).toEqual({});
    expect(deltaOf({ [field]: 'a' }, { [field]: 'a' }, {}, [field])).toEqual({ [field]: 'a' });
  });

  it.each([
    { Shell: ['/bin/bash', '-c'] },
    { StopTimeout: 0 },
    { StopTimeout: 30 },
    { Tty: true, OpenStdin: true, StdinOnce: true },
    { AttachStdin: true, AttachStdout: true },
    { NetworkDisabled: true },
    { MacAddress: '02:42:ac:11:00:02' },
    { AFieldOfTheFuture: { a: [1] } },
  ])('is carried: %j', field => {
    expect(deltaOf(field)).toEqual(field);
  });

  it.each([
    { Image: 'web:1' },
    { OnBuild: ['RUN x'] },
    { ArgsEscaped: true },
    { Tty: false },
    { Domainname: '' },
  ])('is never carried: %j', field => {
    expect(deltaOf(field)).toEqual({});
  });

  // An image made with `docker commit` has them, but the engine takes none of them from an image.
  it.each([{ StopTimeout: 30 }, { Tty: true }, { OpenStdin: true }, { AttachStdin: true }])(
    'that no image gives is carried although an image has it: %j',
    field => {
      expect(deltaOf(field, field)).toEqual(field);
    },
  );
});

describe('names of the host', () => {
  it.each<[string, Fields, HostConfig, Fields]>([
    ['the short id is no name', { Hostname: ID.slice(0, 12) }, {}, {}],
    ['a name is', { Hostname: 'web', Domainname: 'lan' }, {}, { Hostname: 'web', Domainname: 'lan' }],
    ['the engine’s own is none on its network', { Hostname: 'engine' }, { NetworkMode: 'host' }, {}],
    ['nor with its name space', { Hostname: 'engine' }, { UTSMode: 'host' }, {}],
    ['but it is elsewhere', { Hostname: 'engine' }, { NetworkMode: 'front' }, { Hostname: 'engine' }],
    ['another is there too', { Hostname: 'web' }, { NetworkMode: 'host' }, { Hostname: 'web' }],
    [
      'none with another container’s',
      { Hostname: 'web', Domainname: 'lan' },
      { NetworkMode: 'container:x' },
      {},
    ],
  ])('%s', (_, config, host, expected) => {
    expect(deltaOf(config, {}, host)).toEqual(expected);
  });

  it('knows who shares another container’s network', () => {
    expect(
      ['container:x', 'host', 'containers', undefined].map(NetworkMode => sharesNetwork({ NetworkMode })),
    ).toEqual([true, false, false, false]);
  });
});

describe('ports and volumes', () => {
  const image = { ExposedPorts: { '80/tcp': {} }, Volumes: { '/data': {} } };
  const both = { ExposedPorts: { '80/tcp': {}, '443/tcp': {} }, Volumes: { '/data': {}, '/cache': {} } };
  const bound = { PortBindings: { '80/tcp': [{ HostPort: '8080' }] } };

  it('are the user’s key by key', () => {
    expect(deltaOf(both, image)).toEqual({ ExposedPorts: { '443/tcp': {} }, Volumes: { '/cache': {} } });
    expect(deltaOf(image, image)).toEqual({});
    expect(deltaOf(image, image, {}, ['ExposedPorts:80/tcp', 'Volumes:/data'])).toEqual(image);
  });

  it('are exposed wherever they are bound, for else nothing is published', () => {
    expect(deltaOf(image, image, bound)).toEqual({ ExposedPorts: { '80/tcp': {} } });
    expect(deltaOf({}, {}, bound)).toEqual({ ExposedPorts: { '80/tcp': {} } });
  });

  it('are not exposed with another container’s network, which the engine would refuse', () => {
    expect(deltaOf(both, image, { ...bound, NetworkMode: 'container:x' })).toEqual({
      Volumes: { '/cache': {} },
    });
  });
});

describe('labels', () => {
  it.each<[string, Record<string, string>, Record<string, string>, string[], Record<string, string>]>([
    ['the image’s are not the user’s', { a: '1' }, { a: '1' }, [], {}],
    ['others are', { a: '2', b: '' }, { a: '1' }, [], { a: '2', b: '' }],
    ['those written down are', { a: '1', b: '1' }, { a: '1', b: '1' }, ['Labels:b'], { b: '1' }],
    [
      'compose’s stay in any case',
      { 'com.docker.compose.project': 'p' },
      { 'com.docker.compose.project': 'p' },
      [],
      { 'com.docker.compose.project': 'p' },
    ],
    [
      'compose’s do not where it is written down whose labels are',
      { 'com.docker.compose.project': 'p', [ROLLOUT_LABEL]: '{}' },
      { 'com.docker.compose.project': 'p' },
      [],
      {},
    ],
    ['ours are left out', { [ROLLOUT_LABEL]: '{}', [USER_SET_LABEL]: 'User', a: '1' }, {}, [], { a: '1' }],
    ['a word of JavaScript’s is a label like any', { constructor: 'x' }, {}, [], { constructor: 'x' }],
  ])('%s', (_, container, image, noted, expected) => {
    expect(labelDelta({ Labels: container }, { Labels: image }, new Set(noted))).toEqual(expected);
    const delta = deltaOf({ Labels: container }, { Labels: image }, {}, noted);
    expect(delta).toEqual(Object.keys(expected).length > 0 ? { Labels: expected } : {});
  });
});

describe('a healthcheck', () => {
  const CHECK = { Test: ['CMD', 'check'], Interval: 5, Retries: 3 };

  it.each<[string, Fields | null, Fields | null, Fields | undefined]>([
    ['is the image’s', CHECK, CHECK, undefined],
    ['is nobody’s', null, null, undefined],
    ['is the user’s', CHECK, null, CHECK],
    ['is the user’s field by field', { ...CHECK, Interval: 9 }, CHECK, { Interval: 9 }],
    ['has a new kind of field', { ...CHECK, StartInterval: 2 }, CHECK, { StartInterval: 2 }],
    ['is switched off, and nothing else', { ...CHECK, Test: ['NONE'] }, CHECK, { Test: ['NONE'] }],
    ['leaves the rest open with zero', { ...CHECK, Timeout: 0 }, CHECK, undefined],
  ])('%s', (_, found, image, expected) => {
    expect(deltaOf({ Healthcheck: found }, { Healthcheck: image })['Healthcheck']).toEqual(expected);
  });

  it('is the user’s where that was written down', () => {
    const noted = ['Healthcheck.Test', 'Healthcheck.Retries'];
    expect(deltaOf({ Healthcheck: CHECK }, { Healthcheck: CHECK }, {}, noted)).toEqual({
      Healthcheck: { Test: CHECK.Test, Retries: 3 },
    });
  });

  it('that the image switches off is not the user’s', () => {
    const off = { Healthcheck: { Test: ['NONE'] } };
    expect(deltaOf(off, off)).toEqual({});
  });
});

it('leaves command and environment to their own rules', () => {
  const image = { Env: ['PATH=/bin'], Entrypoint: ['/entry'], Cmd: ['serve'] };
  expect(deltaOf({ ...image, Env: ['A=1', 'PATH=/bin'], Cmd: ['sh'] }, image)).toEqual({
    Env: ['A=1'],
    Cmd: ['sh'],
  });
});
