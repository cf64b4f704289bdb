import { expect, it } from 'vitest';
import {
  containerSummaryShape,
  inspectedContainerShape,
  inspectedImageShape,
  listedName,
  nameOf,
} from '../../../src/container/inspected.ts';

const LEAST = {
  ...{ Id: 'abc', Name: '/web', Image: 'sha256:x', State: { Status: 'created', Running: false } },
  ...{ Config: {}, HostConfig: {}, NetworkSettings: {} },
};
const LISTED = { Id: 'abc', Image: 'web', ImageID: 'sha256:x', State: 'running' };

it('takes the engine’s many kinds of nothing', () => {
  const found = inspectedContainerShape.parse({
    ...LEAST,
    ...{ RestartCount: null, Mounts: null },
    Config: { Labels: null, Env: null, Cmd: null, Healthcheck: null },
    HostConfig: { Binds: null, PortBindings: null, RestartPolicy: null },
  });
  expect(found).toMatchObject({ RestartCount: 0, Mounts: [], Config: { Labels: {} } });
  expect(inspectedContainerShape.parse(LEAST)).toMatchObject({
    RestartCount: 0,
    Mounts: [],
    Config: { Labels: {} },
  });
  expect(inspectedImageShape.parse({ Id: 'sha256:x', Config: null }).Config.Labels).toEqual({});
  expect(containerSummaryShape.parse({ ...LISTED, Names: null, Labels: null })).toMatchObject({
    ...{ Names: [], Labels: {}, Status: '' },
  });
});

it('keeps what it does not know, at every depth that is carried', () => {
  const future = { AFieldOfTheFuture: [{ deep: 1 }] };
  const found = inspectedContainerShape.parse({
    ...LEAST,
    Config: { ...future, Healthcheck: future },
    HostConfig: { ...future, Mounts: [future] },
    NetworkSettings: { Networks: { front: future } },
  });
  expect(found).toMatchObject({
    Config: { ...future, Healthcheck: future },
    HostConfig: { ...future, Mounts: [future] },
    NetworkSettings: { Networks: { front: future } },
  });
});

it('keeps a label whatever it is called', () => {
  const Labels = JSON.parse('{ "__proto__": "a", "constructor": "b" }');
  const found = inspectedContainerShape.parse({ ...LEAST, Config: { Labels } });
  expect(Object.entries(found.Config.Labels)).toEqual([
    ['__proto__', 'a'],
    ['constructor', 'b'],
  ]);
});

it.each([
  ['from where it is kept', { Source: `/var/lib/docker/volumes/${'a'.repeat(64)}/_data` }, 'a'.repeat(64)],
  ['from what the engine says', { Name: 'data', Source: '/x/_data' }, 'data'],
  ['not from elsewhere', { Source: '/mnt/plugin/x' }, undefined],
  ['not for what is no volume', { Type: 'bind', Source: `/volumes/${'a'.repeat(64)}/_data` }, undefined],
])('knows a volume’s name %s', (_, mount, expected) => {
  const Mounts = [{ Type: 'volume', Destination: '/data', ...mount }];
  expect(inspectedContainerShape.parse({ ...LEAST, Mounts }).Mounts[0]?.Name).toBe(expected);
});

it('fills in how often a policy restarts', () => {
  const HostConfig = { RestartPolicy: { Name: 'always' } };
  const found = inspectedContainerShape.parse({ ...LEAST, HostConfig });
  expect(found.HostConfig.RestartPolicy).toEqual({ Name: 'always', MaximumRetryCount: 0 });
});

it.each([
  ['no id', { ...LEAST, Id: undefined }],
  ['no state', { ...LEAST, State: {} }],
  ['variables that are no text', { ...LEAST, Config: { Env: [1] } }],
  ['labels that are no text', { ...LEAST, Config: { Labels: { a: 1 } } }],
  ['labels that are one text', { ...LEAST, Config: { Labels: 'a' } }],
  ['an error instead', { message: 'No such container: web' }],
])('does not take a container with %s', (_, answer) => {
  expect(inspectedContainerShape.safeParse(answer).success).toBe(false);
});

it.each([
  ['a plain name', ['/web'], 'web'],
  ['its own among those that others link it by', ['/app/db', '/db'], 'db'],
  ['the first where none is plain', ['/app/db', '/x/db'], 'app/db'],
  ['its id where it has none', [], 'abc'],
])('lists a container by %s', (_, Names, expected) => {
  expect(listedName(containerSummaryShape.parse({ ...LISTED, Names }))).toBe(expected);
});

it('calls a container by its name without the slash', () => {
  expect([nameOf({ Name: '/web' }), nameOf({ Name: 'web' })]).toEqual(['web', 'web']);
});
