import { expect, it } from 'vitest';
import { carryEnvironment } from '../../../src/service/carried-environment.ts';

it('carries what leads to the engine, to registries and through proxies, and nothing else', () => {
  const { variables, secret, settings } = carryEnvironment({
    DOCKER_HOST: 'unix:///run/user/1000/docker.sock',
    DOCKER_CONFIG: '/srv/docker config',
    HTTPS_PROXY: 'http://proxy.example:3128',
    NO_PROXY: '',
    NODE_OPTIONS: '--inspect',
    AWS_SECRET_ACCESS_KEY: 'secret',
    REFRESHD_HOME: '/srv/mcp',
    REFRESHD_WATCH: 'all',
  });
  expect(variables).toEqual([
    ['DOCKER_HOST', 'unix:///run/user/1000/docker.sock'],
    ['DOCKER_CONFIG', '/srv/docker config'],
    ['HTTPS_PROXY', 'http://proxy.example:3128'],
  ]);
  expect(secret).toEqual([]);
  expect(settings).toEqual(['REFRESHD_WATCH']);
});

it.each([
  'http://jo:secret@proxy.example:3128',
  'jo:secret@proxy.example:3128',
  'http://:secret@proxy.example',
  'HTTP://jo:s%40cret@proxy.example/',
])('leaves a password out: %s', proxy => {
  const { variables, secret } = carryEnvironment({ HTTPS_PROXY: proxy, https_proxy: 'http://proxy.example' });
  expect(variables).toEqual([['https_proxy', 'http://proxy.example']]);
  expect(secret).toEqual(['HTTPS_PROXY']);
});
