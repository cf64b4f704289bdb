import { expect, it } from 'vitest';
import { carryOver } from '../../../src/container/carry-over.ts';
import {
  configShape,
  type InspectedContainer,
  inspectedContainerShape,
} from '../../../src/container/inspected.ts';

const TRAITS = { hostname: 'engine', logDriver: 'journald', apiVersion: '1.44' };
const IMAGE = configShape.parse({
  Env: ['PATH=/bin'],
  Cmd: ['serve'],
  User: 'app',
  Volumes: { '/data': {} },
});

function container(more: Record<string, unknown> = {}): InspectedContainer {
  return inspectedContainerShape.parse({
    ...{ Id: 'a'.repeat(64), Name: '/web', Image: 'sha256:x', State: { Status: 'running', Running: true } },
    Config: {
      Hostname: 'a'.repeat(12),
      Env: ['A=1', 'PATH=/bin'],
      Cmd: ['serve'],
      User: 'app',
      Volumes: { '/data': {} },
    },
    HostConfig: {
      ...{ NetworkMode: 'front', Memory: 64, RestartPolicy: { Name: 'always' }, Binds: ['/x:/y'] },
      LogConfig: { Type: 'journald', Config: {} },
    },
    Mounts: [
      { Type: 'bind', Source: '/x', Destination: '/y', RW: true },
      { Type: 'volume', Name: 'anon', Destination: '/data', RW: true },
    ],
    NetworkSettings: { Networks: { front: { Aliases: ['api'] }, back: {} } },
    ...more,
  });
}

it('reads back what the user asked for, and nothing else', () => {
  expect(carryOver(container(), IMAGE, TRAITS)).toEqual({
    config: { Env: ['A=1'] },
    host: {
      NetworkMode: 'front',
      Memory: 64,
      Binds: ['/x:/y'],
      Mounts: [{ Type: 'volume', Source: 'anon', Target: '/data' }],
    },
    primary: { network: 'front', endpoint: { Aliases: ['api'] } },
    others: [{ network: 'back', endpoint: {} }],
  });
});

it('takes the user’s what was written down as such', () => {
  expect(carryOver(container(), IMAGE, TRAITS, new Set(['User'])).config).toEqual({
    User: 'app',
    Env: ['A=1'],
  });
});

it('reads it against the engine that it is on', () => {
  const { host } = carryOver(container(), IMAGE, { ...TRAITS, logDriver: 'local' });
  expect(host['LogConfig']).toEqual({ Type: 'journald', Config: {} });
  const onHost = container({
    Config: { Hostname: 'engine' },
    HostConfig: { NetworkMode: 'host' },
    Mounts: null,
  });
  expect(carryOver(onHost, configShape.parse({}), TRAITS)).toEqual({
    config: {},
    host: { NetworkMode: 'host' },
    primary: undefined,
    others: [],
  });
});
