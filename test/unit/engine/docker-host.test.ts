import { homedir } from 'node:os';
import { expect, it } from 'vitest';
import { readDockerHost } from '../../../src/engine/docker-host.ts';

const ANYWHERE = { port: undefined, socketPath: undefined, ssh: undefined, certificates: undefined };
const SERVER = { user: undefined, port: undefined, socketPath: undefined };

it.each([
  ['unix:///run/x.sock', { shown: 'unix:///run/x.sock', address: '127.0.0.1', socketPath: '/run/x.sock' }],
  ['http://127.0.0.1:80', { shown: 'http://127.0.0.1', address: '127.0.0.1', port: 80 }],
  ['tcp://127.0.0.1', { shown: 'tcp://127.0.0.1', address: '127.0.0.1', port: 2375 }],
  ['tcp://[::1]:4000', { shown: 'tcp://[::1]:4000', address: '[::1]', port: 4000 }],
  ['ssh://nas', { shown: 'ssh://nas', address: 'nas', ssh: { ...SERVER, hostname: 'nas' } }],
  [
    'ssh://me%40here@[fd00::1]:2222/run/user/1000/docker.sock',
    {
      shown: 'ssh://[fd00::1]:2222',
      address: '[fd00::1]',
      ssh: { hostname: 'fd00::1', user: 'me@here', port: 2222, socketPath: '/run/user/1000/docker.sock' },
    },
  ],
])('understands %s', (DOCKER_HOST, expected) => {
  expect(readDockerHost({ DOCKER_HOST })).toEqual({ ...ANYWHERE, ...expected });
});

const IN_HOME = { path: `${homedir()}/.docker`, isNamed: false };
const NAMED = { path: '/etc/certificates', isNamed: true };

it.each([
  ['where it is to be verified', { DOCKER_HOST: 'tcp://nas', DOCKER_TLS_VERIFY: 'yes' }, IN_HOME, 2376],
  ['on the port for it', { DOCKER_HOST: 'tcp://127.0.0.1:2376' }, IN_HOME, 2376],
  ['by its own name', { DOCKER_HOST: 'https://nas:99' }, IN_HOME, 99],
  ['by the port of its own name', { DOCKER_HOST: 'https://nas:443' }, IN_HOME, 443],
  [
    'with certificates that are named',
    { DOCKER_HOST: 'tcp://[fd00::1]', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: NAMED.path },
    NAMED,
    2376,
  ],
  [
    'with certificates where docker has its settings',
    { DOCKER_HOST: 'tcp://nas', DOCKER_TLS_VERIFY: '1', DOCKER_CONFIG: '/etc/docker-client' },
    { path: '/etc/docker-client', isNamed: false },
    2376,
  ],
])('speaks TLS %s', (_, environment, certificates, port) => {
  expect(readDockerHost(environment)).toMatchObject({ certificates, port });
});

it.each([
  ['nas:2375', /not understood/],
  ['ftp://nas', /not understood/],
  ['tcp://', /not understood/],
  ['ssh:///run/docker.sock', /not understood/],
  ['ssh://me%zz@nas', /not understood/],
  ['tcp://127.evil.example:2375', /without TLS/],
  ['ssh://nas/run/$(reboot).sock', /not understood/],
  ['ssh://nas/run/docker.sock;reboot', /not understood/],
  ['ssh://me:hunter2@nas', /holds a password/],
  ['tcp://nas:2375', /names nas:2375 without TLS/],
])('refuses %s in a sentence', (DOCKER_HOST, sentence) => {
  expect(() => readDockerHost({ DOCKER_HOST })).toThrow(sentence);
});

it('keeps to the usual socket where none is named', () => {
  expect(readDockerHost({ DOCKER_HOST: 'unix://' })).toEqual(readDockerHost({}));
});
