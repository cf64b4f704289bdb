import { describe, expect, it } from 'vitest';
import { isLoopback } from '../../../src/base/http.ts';
import { apiHost, mayBePlain } from '../../../src/registry/endpoint.ts';

describe('a host of this machine alone', () => {
  it.each(['localhost', '127.0.0.1', '127.255.1.2', '[::1]', '::1'])('%s is', host => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each([
    '',
    'localhost.test',
    'registry.test',
    '127.0.0.1.test',
    '128.0.0.1',
    '0.0.0.0',
    '[::2]',
    '10.0.0.1',
    '1127.0.0.1',
  ])('%s is not', host => {
    expect(isLoopback(host)).toBe(false);
  });
});

describe('a registry', () => {
  it('is asked where its name says, but for Docker Hub', () => {
    expect(apiHost('registry.test:5000')).toBe('registry.test:5000');
    expect(apiHost('docker.io')).toBe('registry-1.docker.io');
  });

  it.each<[string, string[], boolean]>([
    ['localhost:5000', [], true],
    ['127.0.0.1:5000', [], true],
    ['[::1]:5000', [], true],
    ['registry.test', [], false],
    ['registry.test:5000', ['registry.test:5000'], true],
    ['registry.test:5001', ['registry.test:5000'], false],
    ['registry.test', ['registry.test:5000'], false],
    ['10.1.2.3:5000', ['10.0.0.0/8'], true],
    ['10.1.2.3', ['127.0.0.0/8', '10.1.2.3/32'], true],
    ['10.1.2.3:5000', ['10.1.2.4/32', '11.0.0.0/8'], false],
    ['10.1.2.3:5000', ['10.1.2.3'], false],
    ['10.1.2.3:5000', ['10.1.2.3:5000'], true],
    ['[fd00::7]:5000', ['fd00::/8'], true],
    ['[fe80::7]:5000', ['fd00::/8', '0.0.0.0/0'], false],
    ['registry.test', ['0.0.0.0/0', '::/0'], false],
    ['10.test:5000', ['10.0.0.0/8'], false],
    ['10.1.2.3:5000', ['registry.test/8', 'garbage', ''], false],
  ])('%s may be asked without TLS, where the engine may %j: %s', (registry, insecure, expected) => {
    expect(mayBePlain(registry, insecure)).toBe(expected);
  });
});
