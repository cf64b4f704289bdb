import { expect, it } from 'vitest';
import { carryOver } from '../../../src/container/carry-over.ts';
import {
  containerSummaryShape,
  inspectedContainerShape,
  inspectedImageShape,
} from '../../../src/container/inspected.ts';
import {
  containerFromPodman,
  imageFromPodman,
  imagesFromPodman,
  isPodman,
  listFromPodman,
  PODMAN_TRAITS,
} from '../../../src/engine/podman.ts';
import { digestOf } from '../../support/rollout-samples.ts';

const ID = 'a'.repeat(64);

/** As Podman 5.4 answers, without what is of no matter here. */
function container({ config = {}, host = {}, networks = {} }: Record<string, object> = {}) {
  return inspectedContainerShape.parse({
    ...{ Id: ID, Name: '/app', Image: `sha256:${'b'.repeat(64)}` },
    State: { Status: 'running', Running: true },
    Config: {
      Hostname: ID.slice(0, 12),
      Env: ['VERSION=1', 'TOKEN=x', 'PATH=/bin', 'container=podman', 'HOME=/', `HOSTNAME=${ID.slice(0, 12)}`],
      ...{ Cmd: ['serve'], Entrypoint: [], WorkingDir: '/', StopSignal: '15', StopTimeout: 10 },
      ...config,
    },
    HostConfig: {
      ...{ NetworkMode: 'bridge', PidMode: 'private', UTSMode: 'private', Runtime: 'oci' },
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      LogConfig: { Type: 'json-file', Config: null },
      Annotations: { 'io.container.manager': 'libpod', 'org.systemd.property.KillSignal': '15', own: 'x' },
      Ulimits: [{ Name: 'RLIMIT_NOFILE', Hard: 20, Soft: 20 }],
      ...host,
    },
    NetworkSettings: { Networks: { podman: { Aliases: [ID.slice(0, 12)] } }, ...networks },
  });
}

const IMAGE = { Env: ['PATH=/bin', 'VERSION=1'], Cmd: ['serve'] };
const TRAITS = { hostname: 'h', logDriver: 'json-file', apiVersion: '1.41', ...PODMAN_TRAITS };
const imageOf = (config: object) => inspectedImageShape.parse({ Id: 'x', Config: config }).Config;
const specOf = (parts: Record<string, object> = {}, image: object = IMAGE) =>
  carryOver(containerFromPodman(container(parts)), imageOf(image), TRAITS);

it('tells its answers by their headers', () => {
  expect(isPodman({ 'libpod-api-version': '5.4.2' })).toBe(true);
  expect(isPodman({ server: 'Libpod/4.3.1 (linux)' })).toBe(true);
  expect(isPodman({ server: 'Docker/28.5.2 (linux)' })).toBe(false);
  expect(isPodman({})).toBe(false);
});

it('carries over what the user asked for, and nothing that Podman filled in', () => {
  expect(specOf()).toEqual({
    config: { Env: ['TOKEN=x'], StopTimeout: 10 },
    host: {
      ...{ NetworkMode: 'bridge', PidMode: '', UTSMode: '', Tmpfs: {}, Annotations: { own: 'x' } },
      Ulimits: [{ Name: 'nofile', Hard: 20, Soft: 20 }],
    },
    primary: { network: 'bridge', endpoint: {} },
    others: [],
  });
});

it('keeps what the user set although Podman would fill in the same, where the image says otherwise', () => {
  const image = { ...IMAGE, WorkingDir: '/srv', StopSignal: 'SIGQUIT' };
  expect(specOf({}, image).config).toMatchObject({ WorkingDir: '/', StopSignal: 'SIGTERM' });
});

it.each([
  ['an image’s', { StopSignal: '3' }, { StopSignal: 'SIGQUIT' }, undefined],
  ['a user’s', { StopSignal: '3' }, {}, 'SIGQUIT'],
])('reads %s stop signal by its name', (_, config, image, expected) => {
  expect(specOf({ config }, { ...IMAGE, ...image }).config['StopSignal']).toBe(expected);
});

it('takes the numbers of a HEALTHCHECK that Podman filled in for nobody’s', () => {
  const check = { Test: ['CMD', 'x'], Interval: 30e9, Timeout: 30e9, Retries: 3 };
  expect(specOf({ config: { Healthcheck: check } }).config['Healthcheck']).toEqual({ Test: ['CMD', 'x'] });
  const image = { ...IMAGE, Healthcheck: { Test: ['CMD', 'x'], Retries: 5 } };
  expect(specOf({ config: { Healthcheck: check } }, image).config['Healthcheck']).toEqual({ Retries: 3 });
});

it.each([
  ['anonymous:/cache:rw,rprivate,nosuid,nodev,rbind', 'anonymous:/cache'],
  ['data:/data:ro,noexec,rprivate,nosuid,nodev,rbind', 'data:/data:ro,noexec'],
  ['/srv:/srv:nosuid,rw,rslave,rbind', '/srv:/srv:nosuid,rslave'],
  ['/srv:/srv', '/srv:/srv'],
])('reads the bind %s', (bind, expected) => {
  expect(specOf({ host: { Binds: [bind] } }).host['Binds']).toEqual([expected]);
});

it('reads the options of a tmpfs', () => {
  const Tmpfs = { '/tmp': 'size=1m,rw,rprivate,nosuid,nodev,tmpcopyup' };
  expect(specOf({ host: { Tmpfs } }).host['Tmpfs']).toEqual({ '/tmp': 'size=1m' });
});

it('finds the network of a mode that Podman always calls bridge', () => {
  const Networks = { front: { Aliases: ['web', ID.slice(0, 12)] }, back: {} };
  expect(specOf({ networks: { Networks } })).toMatchObject({
    host: { NetworkMode: 'front' },
    primary: { network: 'front', endpoint: { Aliases: ['web'] } },
    others: [{ network: 'back' }],
  });
});

it('writes image ids with their prefix', () => {
  const [listed] = listFromPodman([
    containerSummaryShape.parse({ Id: ID, Image: 'web', ImageID: ID, State: 'running' }),
  ]);
  expect(listed?.ImageID).toBe(`sha256:${ID}`);
});

const image = (more: object) => inspectedImageShape.parse({ Id: `sha256:${ID}`, ...more });
const DIGEST = digestOf('d');

it.each([
  ['docker.io/library/web:1', 'web:1'],
  ['docker.io/team/web:1', 'team/web:1'],
  ['registry.test/web:1', 'registry.test/web:1'],
  ['localhost/web:1', 'localhost/web:1'],
])('calls %s as Docker does', (name, expected) => {
  expect(imagesFromPodman([{ Id: 'x', RepoTags: [name] }])[0]?.RepoTags).toEqual([expected]);
});

it('knows where an image came from that lost its name', () => {
  const own = { Digest: DIGEST, NamesHistory: ['registry.test:5000/web:1', 'registry.test:5000/web:2'] };
  const names = (more: object) => imageFromPodman(image(more), own).RepoDigests;
  expect(names({ RepoTags: [], RepoDigests: [] })).toEqual([`registry.test:5000/web@${DIGEST}`]);
  expect(names({ RepoTags: ['web:1'], RepoDigests: [] })).toEqual([]);
});

it('has no digest of a registry for what was built here, whether it has its name or lost it', () => {
  const names = { RepoTags: ['localhost/app:1'], RepoDigests: [`localhost/app@${DIGEST}`] };
  const pushed = `localhost:5000/app@${DIGEST}`;
  expect(imageFromPodman(image(names), { Digest: DIGEST }).RepoDigests).toEqual([]);
  expect(imagesFromPodman([{ Id: 'x', ...names, RepoDigests: [...names.RepoDigests, pushed] }])).toEqual([
    { Id: 'x', RepoTags: ['localhost/app:1'], RepoDigests: [pushed] },
  ]);
  const lost = image({ RepoTags: [], RepoDigests: [] });
  const own = { Digest: DIGEST, NamesHistory: ['localhost/app:1'] };
  expect(imageFromPodman(lost, own).RepoDigests).toEqual([]);
});

it('finds the HEALTHCHECK of an image where Podman says it', () => {
  const Healthcheck = { Test: ['CMD', 'x'], Retries: 2 };
  expect(imageFromPodman(image({ Config: IMAGE }), { Healthcheck }).Config.Healthcheck).toEqual(Healthcheck);
});
