import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { openHttpClient } from '../../../src/base/http.ts';
import type { InspectedContainer } from '../../../src/container/inspected.ts';
import { readLabels } from '../../../src/container/labels.ts';
import { probeFor } from '../../../src/plan/policy.ts';
import { askProbe } from '../../../src/rollout/probe.ts';
import { scriptedHttp } from '../../support/scripted-http.ts';

type Bindings = Record<string, { HostIp?: string; HostPort?: string }[] | null>;

/** A container that is reached by these published ports, or at these addresses of its own. */
function container(Ports: Bindings, addresses: readonly string[] = [], NetworkMode = 'bridge') {
  const Networks = Object.fromEntries(addresses.map((IPAddress, index) => [`n${index}`, { IPAddress }]));
  return {
    HostConfig: { NetworkMode },
    NetworkSettings: { Ports, Networks },
  } as unknown as InspectedContainer;
}

const PUBLISHED = container({ '8080/tcp': [{ HostIp: '0.0.0.0', HostPort: '18080' }] }, ['172.18.0.5']);
const PORT = { at: 'port', port: 8080, path: '/health' } as const;

/** The addresses that a probe asks. */
async function asked(
  probe: Parameters<typeof askProbe>[1],
  of: InspectedContainer,
  engineAddress = '127.0.0.1',
) {
  const http = scriptedHttp(() => ({ status: 200 }));
  const answer = await askProbe(http, probe, of, engineAddress);
  return { ...answer, requests: http.asked, urls: http.asked.map(({ url }) => url.href) };
}

describe('where a container is asked', () => {
  it.each<[string, InspectedContainer, string, string]>([
    ['published everywhere', PUBLISHED, '127.0.0.1', 'http://127.0.0.1:18080/health'],
    ['on another engine', PUBLISHED, 'engine.test', 'http://engine.test:18080/health'],
    [
      'published on one address',
      container({ '8080/tcp': [{ HostIp: '10.1.2.3', HostPort: '80' }] }),
      '127.0.0.1',
      'http://10.1.2.3/health',
    ],
    [
      'published on IPv6',
      container({ '8080/tcp': [{ HostIp: '::1', HostPort: '18080' }] }),
      '127.0.0.1',
      'http://[::1]:18080/health',
    ],
    ['not published', container({}, ['172.18.0.5']), '127.0.0.1', 'http://172.18.0.5:8080/health'],
    ["on the host's network", container({}, [], 'host'), '127.0.0.1', 'http://127.0.0.1:8080/health'],
  ])('%s', async (_, of, engineAddress, url) => {
    expect((await asked(PORT, of, engineAddress)).urls).toEqual([url]);
  });

  it('is nowhere, if it cannot be reached', async () => {
    const { ok, says, urls } = await asked(PORT, container({ '8080/tcp': null }));
    expect([ok, urls]).toEqual([false, []]);
    expect(says).toBe("port 8080 is neither published nor on a network of the container's own");
  });

  it('has nothing with it that others could use, and a bound in time and bytes', async () => {
    const { requests } = await asked(PORT, PUBLISHED);
    const { url, ...rest } = requests[0] ?? {};
    expect(url?.href).toBe('http://127.0.0.1:18080/health');
    expect(rest).toEqual({ method: 'GET', timeout: 5000, limit: 65_536, longer: 'cut' });
  });
});

describe('what a label can make of that', () => {
  it.each([
    'http://example.org/health',
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/',
    'http://[::ffff:169.254.169.254]/',
    'http://10.0.0.1:18080/',
    'http://127.0.0.1.example.org/',
    'http://localhost.example.org/',
    'http://example.org/#@127.0.0.1/',
    'http://example.org\\@127.0.0.1/',
    'http://172.18.0.6:8080/',
    // Whatever a name resolves to now, it may be something else a moment later: names are not even looked up.
    'http://resolves-to-loopback.test/',
  ])('is not asked: %s', async url => {
    const { ok, says, urls } = await asked({ at: 'url', url }, PUBLISHED);
    expect([ok, urls]).toEqual([false, []]);
    expect(says).toMatch(/^\S+ is neither this machine nor the container, so it is not asked$/);
  });

  it.each([
    'http://127.0.0.1:9000/x?y=z',
    'http://localhost:9000/',
    'https://[::1]:9000/',
    'http://172.18.0.5:8080/',
    'http://2130706433/',
  ])('is asked: %s', async url => {
    expect((await asked({ at: 'url', url }, PUBLISHED)).urls).toEqual([new URL(url).href]);
  });

  it('is a path, and never a host, whatever it looks like', async () => {
    const sly = fc
      .array(
        fc.constantFrom('/', '//', '.', '..', '@', ':', '%2f', '%00', '?', '&', 'a', '127.0.0.1', 'x.test'),
      )
      .map(parts => `/${parts.join('')}`);
    await fc.assert(
      fc.asyncProperty(fc.oneof(sly, fc.string(), fc.webPath()), async path => {
        const { wishes } = readLabels({ 'refreshd.health.path': path, 'refreshd.health.port': '8080' });
        const probe = probeFor(wishes, undefined);
        const urls = probe === undefined ? [] : (await asked(probe, PUBLISHED)).urls;
        for (const url of urls) expect(new URL(url).host).toBe('127.0.0.1:18080');
      }),
      { numRuns: 500 },
    );
    const { urls } = await asked({ ...PORT, path: '//example.org/health' }, PUBLISHED);
    expect(urls).toEqual(['http://127.0.0.1:18080//example.org/health']);
  });
});

describe('what is made of the answer', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
  });

  async function serve(listener: RequestListener): Promise<number> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  async function answerFrom(listener: RequestListener) {
    const port = await serve(listener);
    const http = openHttpClient({ connectionsPerHost: 1 });
    const of = container({ '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] });
    try {
      return await askProbe(http, PORT, of, '127.0.0.1');
    } finally {
      await http.close();
    }
  }

  it('is one short, harmless line of ten megabytes', async () => {
    const evil = '\u001b]0;owned\u0007\u001b[2J\u009b1Aforged\r\n\u202etxt.exe\u2028';
    const body = Buffer.from(evil.repeat(Math.ceil(10e6 / Buffer.byteLength(evil))));
    const { ok, says } = await answerFrom((_, response) => void response.writeHead(500).end(body));
    expect(ok).toBe(false);
    expect(says).toMatch(/^GET \/health on port \d+ answered HTTP 500: forged txt\.exe forged/);
    expect(says.length).toBeLessThan(130);
    expect(says).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
  });

  it('is never another address: no redirect is followed', async () => {
    const seen: string[] = [];
    const elsewhere = await serve((request, response) => {
      seen.push(String(request.url));
      response.end('fine');
    });
    const redirect: RequestListener = (_, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${elsewhere}/` }).end();
    };
    expect(await answerFrom(redirect)).toMatchObject({ ok: false, says: expect.stringMatching(/HTTP 307$/) });
    expect(seen).toEqual([]);
  });

  it('says nothing of us', async () => {
    let headers = {};
    await answerFrom((request, response) => {
      headers = request.headers;
      response.end();
    });
    expect(Object.keys(headers).sort()).toEqual(['connection', 'host']);
  });
});
