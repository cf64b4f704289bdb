import { describe, expect, it } from 'vitest';
import { HttpFault, type HttpFaultCode } from '../../../src/base/http.ts';
import { openTransport } from '../../../src/registry/registry-transport.ts';
import { handClock } from '../../support/hand-clock.ts';
import { type ShortAnswer, scriptedHttp } from '../../support/scripted-http.ts';

const fault = (code: HttpFaultCode, retryable = true) => new HttpFault(code, `${code}.`, { retryable });
const OK: ShortAnswer = { status: 200 };

/** Sends once; the answers come in their order, the last one for ever. */
async function send(
  answers: readonly (ShortAnswer | HttpFault)[],
  { plainAllowed = false, registry = 'registry.test' } = {},
) {
  const client = scriptedHttp((_, index) => answers[Math.min(index, answers.length - 1)] ?? OK);
  const clock = { ...handClock(), sleep: async (ms: number) => void waits.push(ms) };
  const waits: number[] = [];
  const transport = openTransport(registry, plainAllowed, client, clock);
  const request = { method: 'HEAD', path: '/v2/', headers: { accept: 'x' }, limit: 9 } as const;
  const result = await transport.send(request).then(
    ({ status }) => status,
    error => error,
  );
  return {
    result,
    waits,
    urls: client.asked.map(({ url }) => url.href),
    asked: client.asked,
    base: transport.base().href,
  };
}

const TLS = 'https://registry.test/v2/';
const PLAIN = 'http://registry.test/v2/';

describe('a request to a registry', () => {
  it('is sent as it is, by TLS, with a limit in time and size', async () => {
    const { result, asked, base } = await send([{ status: 401 }]);
    expect([result, base]).toEqual([401, 'https://registry.test/']);
    expect(asked).toEqual([
      { method: 'HEAD', url: new URL(TLS), headers: { accept: 'x' }, limit: 9, timeout: 30_000 },
    ]);
    expect((await send([OK], { registry: 'docker.io' })).urls).toEqual(['https://registry-1.docker.io/v2/']);
  });

  it.each<[string, readonly (ShortAnswer | HttpFault)[], number, number]>([
    ['a fault that may pass', [fault('reset'), OK], 200, 2],
    ['two faults', [fault('timeout'), fault('refused'), OK], 200, 3],
    ['a broken registry', [{ status: 503 }, { status: 500 }, OK], 200, 3],
    ['one that stays broken', [{ status: 502 }], 502, 3],
    ['one that is asked too often: not now', [{ status: 429 }], 429, 1],
    ['one that has no such thing: never', [{ status: 404 }], 404, 1],
  ])('is made again after %s', async (_, answers, status, requests) => {
    const { result, urls, waits } = await send(answers);
    expect([result, urls.length]).toEqual([status, requests]);
    const bounds = [500, 2000].map(wait => [wait * 0.5, wait * 1.5] as const);
    for (const [index, [least, most]] of bounds.slice(0, requests - 1).entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(least);
      expect(waits[index]).toBeLessThanOrEqual(most);
    }
    expect(waits).toHaveLength(requests - 1);
  });

  it('is given up after three attempts without an answer', async () => {
    const { result, urls } = await send([fault('timeout')]);
    expect(urls).toHaveLength(3);
    expect(result).toMatchObject({
      name: 'RegistryError',
      code: 'unreachable',
      message: 'timeout.',
      retryable: true,
    });
  });

  const PRIVATE =
    "If it is signed by a private authority, put that into Docker's certs.d, or name it in NODE_EXTRA_CA_CERTS.";
  it.each<[HttpFaultCode, string, string]>([
    ['too-large', '', 'garbage'],
    ['interrupted', '', 'unreachable'],
    ['tls', PRIVATE, 'unreachable'],
  ])('is not made again after %s', async (of, hint, code) => {
    const { result, urls } = await send([fault(of, false)]);
    expect(urls).toHaveLength(1);
    expect(result).toMatchObject({ code, hint, retryable: false });
  });

  it('hints at the name where that is not known', async () => {
    expect((await send([fault('unknown-host')])).result.hint).toBe("Check the name, and this machine's DNS.");
  });
});

describe('without TLS', () => {
  it.each<HttpFaultCode>(['not-tls', 'reset', 'refused', 'unreachable'])(
    'where that is allowed, after %s, for good',
    async code => {
      const { result, urls, waits, base } = await send([fault(code), { status: 500 }, OK], {
        plainAllowed: true,
      });
      expect([result, base, waits.length]).toEqual([200, 'http://registry.test/', 1]);
      expect(urls).toEqual([TLS, PLAIN, PLAIN]);
    },
  );

  it.each<HttpFaultCode>(['tls', 'timeout', 'unknown-host', 'too-large'])('never after %s', async code => {
    const { urls } = await send([fault(code)], { plainAllowed: true });
    expect(new Set(urls)).toEqual(new Set([TLS]));
  });

  it('is made again after a wait like any other', async () => {
    const answers = [fault('not-tls'), fault('reset'), fault('reset'), OK];
    const { result, urls, waits } = await send(answers, { plainAllowed: true });
    expect([result, waits.length, urls]).toEqual([200, 2, [TLS, PLAIN, PLAIN, PLAIN]]);
  });

  it('not where that is answered with 400: then TLS was spoken, and something else was wrong', async () => {
    const { result, urls, base } = await send([fault('reset', false), { status: 400 }], {
      plainAllowed: true,
    });
    expect([result.code, base, urls]).toEqual(['unreachable', 'https://registry.test/', [TLS, PLAIN]]);
  });

  it('never where it is not allowed', async () => {
    for (const code of ['not-tls', 'reset', 'refused', 'unreachable'] as const)
      expect(new Set((await send([fault(code)])).urls)).toEqual(new Set([TLS]));
  });
});
