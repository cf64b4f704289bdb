import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { clearEnvironment, unsafeStart } from '../../../src/cli/unsafe-start.ts';

it.each<[Record<string, string>, readonly string[], RegExp]>([
  [{ NODE_TLS_REJECT_UNAUTHORIZED: '0' }, [], /^NODE_TLS_REJECT_UNAUTHORIZED=0 would .+ Unset it; /],
  [{ NODE_DEBUG: 'http' }, [], /^NODE_DEBUG makes Node print requests/],
  [{ NODE_DEBUG_NATIVE: 'tls' }, [], /^NODE_DEBUG_NATIVE makes/],
  [{}, ['--inspect=0.0.0.0:9229'], /^Node's option --inspect lets every user/],
  [{}, ['--inspect_brk'], /^Node's option --inspect-brk lets/],
  [{ NODE_OPTIONS: '--max-old-space-size=100  --inspect' }, [], /^Node's option --inspect lets/],
  [{ NODE_OPTIONS: '"--heapsnapshot-signal=SIGUSR2"' }, [], /^Node's option --heapsnapshot-signal writes/],
  [{ NODE_OPTIONS: '--heap-prof' }, [], /--heap-prof writes/],
  [{ NODE_OPTIONS: '--report-on-signal' }, [], /--report-on-signal writes/],
  [{ NODE_OPTIONS: '--abort-on-uncaught-exception' }, [], /--abort-on-uncaught-exception writes/],
  [{ NODE_OPTIONS: '--tls-keylog=/srv/keys' }, [], /--tls-keylog writes down/],
  [{ NODE_OPTIONS: '--trace-tls' }, [], /--trace-tls writes down/],
  [{ NODE_OPTIONS: '--tls-min-v1.0' }, [], /--tls-min-v1\.0 lets refreshd take less care/],
  [{ NODE_OPTIONS: '--insecure-http-parser' }, [], /--insecure-http-parser lets/],
])('does not go on with %j and %j', (environment, args, says) => {
  expect(unsafeStart(environment, args)).toMatch(says);
});

it.each<[Record<string, string>, readonly string[]]>([
  [{}, []],
  [{ NODE_TLS_REJECT_UNAUTHORIZED: '1', NODE_DEBUG: '', DEBUG: 'modem' }, []],
  [{ NODE_OPTIONS: '--max-old-space-size=100 --use-openssl-ca' }, ['--jitless', '--disable-proto=delete']],
])('goes on with %j and %j', (environment, args) => {
  expect(unsafeStart(environment, args)).toBe(undefined);
});

it('takes out what children, and modules loaded later, would print by', () => {
  const environment = { DEBUG: '*', NODE_OPTIONS: '--use-openssl-ca', PATH: '/bin' };
  clearEnvironment(environment);
  expect(environment).toEqual({ PATH: '/bin' });
});

it('has to refuse NODE_DEBUG, because Node heeds it although it was taken out', () => {
  const program = `
    delete process.env.NODE_DEBUG;
    const { createServer, request } = require('node:http');
    const server = createServer((_, answer) => answer.end()).listen(0, '127.0.0.1', () => {
      const headers = { 'X-Registry-Auth': 'canary' };
      request({ port: server.address().port, host: '127.0.0.1', headers }, () => server.close()).end();
    });`;
  const { stderr } = spawnSync(process.execPath, ['-e', program], {
    env: { NODE_DEBUG: 'http' },
    encoding: 'utf8',
  });
  expect(stderr).toContain('canary');
});
