import { describe, expect, it } from 'vitest';
import { ProxyError, proxyFor, readProxies, secretsOfProxies } from '../../../src/base/proxies.ts';

const proxyOf = (url: string, environment: Record<string, string>) =>
  proxyFor(new URL(url), readProxies(environment))?.host;

describe('the proxies of the environment', () => {
  it.each<[string, Record<string, string>, string | undefined]>([
    ['https://a.test', {}, undefined],
    ['https://a.test', { HTTPS_PROXY: 'http://p.test:3128' }, 'p.test:3128'],
    ['https://a.test', { https_proxy: 'http://p.test:3128' }, 'p.test:3128'],
    ['https://a.test', { https_proxy: 'http://p.test:1', HTTPS_PROXY: 'http://p.test:2' }, 'p.test:1'],
    ['https://a.test', { HTTPS_PROXY: 'p.test:3128' }, 'p.test:3128'],
    ['https://a.test', { HTTPS_PROXY: ' p.test ' }, 'p.test'],
    ['https://a.test', { HTTPS_PROXY: '' }, undefined],
    // As curl and Docker have it: what is said by TLS has a proxy of its own.
    ['https://a.test', { HTTP_PROXY: 'http://p.test' }, undefined],
    ['http://a.test', { HTTP_PROXY: 'http://p.test' }, 'p.test'],
    ['http://a.test', { HTTPS_PROXY: 'http://p.test' }, undefined],
  ])('%s with %j is asked through %s', (url, environment, expected) => {
    expect(proxyOf(url, environment)).toBe(expected);
  });

  it.each<[string, string, boolean]>([
    ['https://a.test', 'a.test', true],
    ['https://b.a.test', 'a.test', true],
    ['https://b.a.test', '.a.test', true],
    ['https://b.a.test', '*.a.test', true],
    ['https://A.test', 'a.TEST', true],
    ['https://ba.test', 'a.test', false],
    ['https://a.test.evil.test', 'a.test', false],
    ['https://a.test', '*', true],
    ['https://a.test', 'x.test, a.test', true],
    ['https://a.test', 'x.test a.test', true],
    ['https://a.test:5000', 'a.test:5000', true],
    ['https://a.test', 'a.test:443', true],
    ['https://a.test:5000', 'a.test:443', false],
    ['https://10.1.2.3', '10.1.2.3', true],
    ['https://10.1.2.3:5000', '10.0.0.0/8', true],
    ['https://10.1.2.3:5000', '10.1.2.3:5000', true],
    ['https://11.1.2.3', '10.0.0.0/8', false],
    ['https://1.10.1.2', '10.1.2', false],
    ['https://[fd00::1]', 'fd00::/8', true],
    ['https://[fd00::1]', 'fd00::1', true],
    ['https://a.test', '0.0.0.0/0', false],
    ['https://a.test', ',, ', false],
  ])('%s is exempt by NO_PROXY=%j: %s', (url, exempt, expected) => {
    const found = proxyOf(url, { HTTPS_PROXY: 'http://p.test', NO_PROXY: exempt });
    expect(found === undefined).toBe(expected);
  });

  it.each([
    'http://',
    'socks5://me:s3cret@p.test',
    'http://me:%zz@p.test',
    'http://me:s3cret@',
    'ftp://p.test',
  ])('that are not understood are refused, and not shown: %s', text => {
    let error: unknown;
    try {
      readProxies({ HTTPS_PROXY: text });
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(ProxyError);
    expect(error).toMatchObject({ message: 'HTTPS_PROXY is not understood.' });
    expect(JSON.stringify([String(error), (error as ProxyError).hint])).not.toContain('s3cret');
  });

  it('have passwords that are secret: as written, as meant, and as they travel', () => {
    const proxies = readProxies({ HTTPS_PROXY: 'http://me:p%40ss@p.test', HTTP_PROXY: 'http://p.test' });
    expect(secretsOfProxies(proxies)).toEqual(['p%40ss', 'p@ss', Buffer.from('me:p@ss').toString('base64')]);
  });
});
