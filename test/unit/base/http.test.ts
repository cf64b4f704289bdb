import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  isIP,
  type Server,
  type Socket,
} from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import {
  type HttpClient,
  HttpFault,
  type HttpOptions,
  type HttpRequest,
  openHttpClient,
} from '../../../src/base/http.ts';
import { readProxies } from '../../../src/base/proxies.ts';
import { makeCertificate } from '../../support/certificate.ts';

const client = openHttpClient({ connectionsPerHost: 4 });
afterAll(() => client.close());

/** A client of the test's own, closed when it is over. */
function open(options: Partial<HttpOptions> = {}): HttpClient {
  const opened = openHttpClient({ connectionsPerHost: 1, ...options });
  clients.push(opened);
  return opened;
}

const LOOPBACK = { address: '127.0.0.1', family: 4 };
const clients: HttpClient[] = [];
const servers = new Map<Server, Set<Socket>>();
afterEach(async () => {
  await Promise.all(clients.splice(0).map(each => each.close()));
  for (const [server, sockets] of servers) {
    server.close();
    for (const socket of sockets) socket.destroy();
  }
  servers.clear();
});

/** Listens on loopback until the test is over. @returns host and port */
async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  servers.set(server, sockets);
  server.on('connection', socket => sockets.add(socket.on('error', () => undefined)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const serve = (listener: RequestListener) => listen(createServer(listener));

/** Waits for a request and then does as it likes with the connection. */
const serveRaw = (answer: (socket: Socket) => void) =>
  listen(createTcpServer(socket => void socket.once('data', () => answer(socket))));

function get(host: string, more: Partial<HttpRequest> = {}, by: HttpClient = client) {
  const url = new URL(`http://user:s3cret@${host}/path?token=s3cret`);
  return by.send({ method: 'GET', url, timeout: 5000, limit: 1000, ...more });
}

const faultOf = (sent: Promise<unknown>) =>
  sent.then(
    () => expect.unreachable('there was an answer'),
    error => error as HttpFault,
  );

describe('an answer', () => {
  it('has a status, a body and headers', async () => {
    const host = await serve((_, response) => {
      response.writeHead(418, { 'X-One': 'a', 'X-Two': ['b', 'c'] }).end('short and stout');
    });
    const answer = await get(host);
    expect(answer.status).toBe(418);
    expect(answer.body.toString()).toBe('short and stout');
    expect(['x-one', 'x-two', 'x-three'].map(answer.header)).toEqual(['a', 'b, c', undefined]);
  });

  it('is to the request as it was wanted', async () => {
    const host = await serve(async (request, response) => {
      const body = (await request.toArray()).join('');
      response.end(`${request.method} ${request.url} ${request.headers['x-mine']} ${body}`);
    });
    const wanted = { method: 'POST', headers: { 'X-Mine': 'yes' }, body: 'hello' } as const;
    expect((await get(host, wanted)).body.toString()).toBe('POST /path?token=s3cret yes hello');
  });

  it('is taken without a body from HEAD', async () => {
    const host = await serve((_, response) => void response.writeHead(200, { 'Content-Length': 9999 }).end());
    const answer = await get(host, { method: 'HEAD' });
    expect([answer.header('content-length'), answer.body.length]).toEqual(['9999', 0]);
  });

  it('may be a redirect, which is not followed', async () => {
    const asked: unknown[] = [];
    const host = await serve((request, response) => {
      asked.push(request.url);
      response.writeHead(302, { Location: '/elsewhere' }).end();
    });
    const answer = await get(host);
    expect([answer.status, answer.header('location')]).toEqual([302, '/elsewhere']);
    expect(asked).toHaveLength(1);
  });

  it('stays compressed: a small answer cannot become a huge one', async () => {
    const bomb = gzipSync('0'.repeat(100_000));
    const host = await serve((_, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bomb);
    });
    expect((await get(host)).body).toEqual(bomb);
  });
});

describe('a long body', () => {
  const endless: RequestListener = (_, response) => {
    const write = () => void (response.write('x'.repeat(700)) && setImmediate(write));
    response.on('drain', write);
    write();
  };

  it('is taken up to the limit', async () => {
    const host = await serve((_, response) => void response.end('x'.repeat(1000)));
    expect((await get(host)).body).toHaveLength(1000);
  });

  it('is a fault beyond it', async () => {
    const fault = await faultOf(get(await serve(endless)));
    expect(fault).toMatchObject({ code: 'too-large', retryable: false });
  });

  it.each([404, 500])('is cut where it only explains HTTP %d', async status => {
    const host = await serve((request, response) => {
      response.statusCode = status;
      endless(request, response);
    });
    expect(await get(host)).toMatchObject({ status, body: Buffer.alloc(1000, 'x') });
  });

  it('is cut where that is enough', async () => {
    const answer = await get(await serve(endless), { longer: 'cut' });
    expect(answer.body.toString()).toBe('x'.repeat(1000));
  });

  it.each(['fault', 'cut'] as const)('is not read on (%s)', async longer => {
    const server = createServer(endless);
    const host = await listen(server);
    const connected = once(server, 'connection') as Promise<[Socket]>;
    await get(host, { longer }).catch(() => undefined);
    const [socket] = await connected;
    if (!socket.closed) await once(socket, 'close');
  });
});

describe('a fault', () => {
  const HEAD = 'HTTP/1.1 200 OK\r\n';

  it.each<[string, HttpFault['code'], boolean, (socket: Socket) => void]>([
    ['silence', 'timeout', true, () => undefined],
    ['an endless trickle', 'timeout', true, trickle],
    ['a reset', 'reset', true, socket => socket.resetAndDestroy()],
    ['a close without a word', 'reset', true, socket => socket.destroy()],
    ['a close in mid-head', 'reset', true, socket => socket.end(HEAD)],
    ['a close in mid-body', 'reset', true, socket => socket.end(`${HEAD}Content-Length: 100\r\n\r\nhalf`)],
    [
      'a close in mid-chunk',
      'reset',
      true,
      socket => socket.end(`${HEAD}Transfer-Encoding: chunked\r\n\r\n9\r\nhalf`),
    ],
    ['a reset in mid-body', 'reset', true, resetInBody],
    ['another protocol', 'not-http', true, socket => socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
    ['headers without end', 'too-large', false, socket => socket.write(`${HEAD}X: ${'x'.repeat(40_000)}`)],
  ])('is what becomes of %s: %s', async (_, code, retryable, answer) => {
    const host = await serveRaw(answer);
    const fault = await faultOf(get(host, { timeout: 300 }));
    expect(fault).toBeInstanceOf(HttpFault);
    expect(fault).toMatchObject({ code, retryable });
    expect(fault.message).toContain(host);
    expect(fault.message).not.toMatch(/s3cret|token|path|half/);
  });

  function trickle(socket: Socket) {
    socket.write(`${HEAD}Content-Length: 1000\r\n\r\n`);
    const timer = setInterval(() => socket.write('x'), 20);
    socket.on('close', () => clearInterval(timer));
  }

  function resetInBody(socket: Socket) {
    socket.write(`${HEAD}Content-Length: 100\r\n\r\nhalf`, () =>
      setTimeout(() => socket.resetAndDestroy(), 20),
    );
  }

  it('is a refused connection', async () => {
    const server = createServer();
    const host = await listen(server);
    await new Promise(resolve => server.close(resolve));
    const fault = await faultOf(get(host));
    expect(fault).toMatchObject({
      code: 'refused',
      retryable: true,
      message: `${host} refuses connections.`,
    });
  });

  it('is told apart from an answer in another protocol', async () => {
    const host = await serveRaw(socket => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    expect((await faultOf(get(host))).message).toBe(`${host} answers with something that is not HTTP.`);
  });

  it('says after how long it was given up', async () => {
    const host = await serveRaw(() => undefined);
    const fault = await faultOf(get(host, { timeout: 200 }));
    expect(fault.message).toBe(`${host} did not answer within 0.2 s.`);
  });

  it.each([
    ['before it began', AbortSignal.abort()],
    ['while it waits', AbortSignal.timeout(20)],
  ])('is an interruption %s, which is not to be tried again', async (_, signal) => {
    const host = await serveRaw(() => undefined);
    expect(await faultOf(get(host, { signal }))).toMatchObject({ code: 'interrupted', retryable: false });
  });

  it('is a client that was closed in the middle', async () => {
    const own = open();
    const server = createTcpServer();
    const sent = faultOf(get(await listen(server), {}, own));
    await once(server, 'connection');
    await own.close();
    expect(await sent).toMatchObject({ code: 'reset' });
  });
});

describe('over TLS', () => {
  const { cert, key } = makeCertificate();
  const serveTls = () => listen(createTlsServer({ key, cert }, (_, response) => void response.end('hello')));
  const getTls = (host: string, by?: HttpClient) => get(host, { url: new URL(`https://${host}/`) }, by);

  it('a certificate of nobody’s is not trusted', async () => {
    const fault = await faultOf(getTls(await serveTls()));
    expect(fault).toMatchObject({ code: 'tls', retryable: false });
    expect(fault.message).toMatch(/is not to be trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
  });

  it('one of an authority that was named is', async () => {
    const own = open({ tls: { ca: [cert] } });
    expect((await getTls(await serveTls(), own)).body.toString()).toBe('hello');
  });

  it('one that speaks an old version alone is told apart', async () => {
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    const host = await listen(createTlsServer({ key, cert, ...old }));
    const fault = await faultOf(getTls(host, open({ tls: { ca: [cert] } })));
    expect(fault).toMatchObject({ code: 'tls', retryable: false });
    expect(fault.message).toContain(`${host} speaks no TLS that is safe enough, 1.2 or newer (`);
  });

  it('is verified whatever the environment says', async () => {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      expect(await faultOf(getTls(await serveTls(), open()))).toMatchObject({ code: 'tls' });
      expect(await faultOf(getTls(await serveTls(), open({ tls: {} })))).toMatchObject({ code: 'tls' });
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    }
  });

  it.each([{}, { tls: { ca: [cert] } }])('nothing older than 1.2 is spoken (%#)', async options => {
    const old = createTlsServer({
      key,
      cert,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL:@SECLEVEL=0',
    });
    old.on('secureConnection', () => expect.unreachable('spoken'));
    expect(await faultOf(getTls(await listen(old), open(options)))).toMatchObject({ name: 'HttpFault' });
  });

  it('a client certificate is shown to a server that wants one', async () => {
    const own = makeCertificate();
    const wanting = createTlsServer({ key, cert, requestCert: true, ca: [own.cert] }, (_, response) => {
      response.end('you are known');
    });
    const host = await listen(wanting);
    const knowing = open({ tls: { ca: [cert], cert: own.cert, key: own.key } });
    expect((await getTls(host, knowing)).body.toString()).toBe('you are known');
    expect(await faultOf(getTls(host, open({ tls: { ca: [cert] } })))).toMatchObject({ name: 'HttpFault' });
  });

  it('a server without TLS is told apart', async () => {
    const host = await serve((_, response) => void response.end());
    expect(await faultOf(getTls(host))).toMatchObject({ code: 'not-tls', retryable: false });
  });
});

describe('the deadline is kept', () => {
  /** How it ended, if it did long before anything but its own deadline could end it. */
  const endOf = (sent: Promise<unknown>) =>
    Promise.race([faultOf(sent).then(fault => fault.code), delay(400, 'not ended')]);
  const mute = () => listen(createTcpServer());

  it('while it waits for a connection to be free', async () => {
    const own = open();
    const host = await mute();
    get(host, {}, own).catch(() => undefined);
    expect(await endOf(get(host, { timeout: 50 }, own))).toBe('timeout');
  });

  it('while a TLS handshake goes on for ever', async () => {
    const own = open();
    const url = new URL(`https://${await mute()}/`);
    expect(await endOf(get(url.host, { url, timeout: 50 }, own))).toBe('timeout');
  });

  it('while a proxy says nothing', async () => {
    const own = open({ proxies: readProxies({ http_proxy: `http://${await mute()}` }) });
    expect(await endOf(get('service.test', { timeout: 50 }, own))).toBe('timeout');
  });
});

describe('the connections to one host', () => {
  it('are no more than allowed, and used again', async () => {
    const own = open({ connectionsPerHost: 2 });
    const server = createServer((_, response) => void setTimeout(() => response.end(), 5));
    const host = await listen(server);
    for (const method of ['GET', 'HEAD'] as const)
      await Promise.all(Array.from({ length: 8 }, () => get(host, { method }, own)));
    expect(servers.get(server)?.size).toBe(2);
  });

  it('are used once for HEAD where a body comes after it', async () => {
    const own = open({ connectionsPerHost: 1 });
    const host = await serveRaw(socket => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n');
      socket.once('data', () => socket.write('body'));
    });
    const head = () => get(host, { method: 'HEAD' }, own);
    expect((await head()).status).toBe(200);
    expect((await faultOf(head())).code, 'spoilt by what came after the first').toBe('not-http');
    for (let again = 0; again < 3; again++) expect((await head()).status).toBe(200);
  });
});

describe('a proxy', () => {
  /** A proxy that lets everything through to our own server, whatever its name, and what it was asked for. */
  async function proxyTo(port: string | undefined, answer = 'HTTP/1.1 200 OK\r\n\r\n') {
    const asked: (string | undefined)[] = [];
    const server = createServer().on('connect', (request, socket) => {
      asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? '-'}`);
      if (port === undefined) return void socket.end(answer);
      const onward = connect(Number(port), '127.0.0.1', () => socket.write(answer));
      onward.pipe(socket).pipe(onward);
      for (const each of [onward, socket]) each.on('error', () => undefined);
    });
    return { asked, host: await listen(server) };
  }
  const ownPort = async () => (await serve((_, response) => void response.end('hello'))).split(':')[1];

  it('is gone through, with its own login', async () => {
    const port = await ownPort();
    const { asked, host } = await proxyTo(port);
    const own = open({ proxies: readProxies({ HTTP_PROXY: `http://me:p%40ss@${host}` }) });
    const answer = await get(`service.test:${port}`, {}, own);
    expect([answer.body.toString(), answer.peer]).toEqual(['hello', undefined]);
    expect(asked).toEqual([`service.test:${port} Basic ${Buffer.from('me:p@ss').toString('base64')}`]);
  });

  it('is not told what is said to this machine, nor what is exempt', async () => {
    const port = await ownPort();
    const { asked, host } = await proxyTo(port);
    const proxies = readProxies({ HTTP_PROXY: host, NO_PROXY: 'service.test' });
    const own = open({ proxies, lookup: (_name, _options, done) => done(null, [LOOPBACK]) });
    for (const each of ['127.0.0.1', 'service.test'])
      expect((await get(`${each}:${port}`, {}, own)).body.toString()).toBe('hello');
    expect(asked).toEqual([]);
  });

  it('that lets nothing through is named, without its login', async () => {
    const { host } = await proxyTo(undefined, 'HTTP/1.1 407 No\r\n\r\n');
    const own = open({ proxies: readProxies({ HTTP_PROXY: `http://me:s3cret@${host}` }) });
    const fault = await faultOf(get('service.test', {}, own));
    expect(fault).toMatchObject({
      code: 'unreachable',
      retryable: false,
      message: `The proxy ${host} lets nothing through to service.test (HTTP 407).`,
    });
  });

  it('that is not there is named', async () => {
    const server = createServer();
    const host = await listen(server);
    await new Promise(resolve => server.close(resolve));
    const own = open({ proxies: readProxies({ HTTP_PROXY: host }) });
    const fault = await faultOf(get('service.test', {}, own));
    expect(fault).toMatchObject({ code: 'refused', message: `The proxy ${host} refuses connections.` });
  });

  it('does not vouch for what is behind it: certificates are verified through it', async () => {
    const { cert, key } = makeCertificate();
    const port = (await listen(createTlsServer({ key, cert }))).split(':')[1];
    const { asked, host } = await proxyTo(port);
    const own = open({ proxies: readProxies({ HTTPS_PROXY: host }) });
    const url = new URL('https://service.test/');
    expect(await faultOf(get(url.host, { url }, own))).toMatchObject({ code: 'tls', retryable: false });
    expect(asked).toEqual(['service.test:443 -']);
  });
});

describe('what may be reached', () => {
  const answering = (...addresses: string[]): HttpOptions['lookup'] => {
    const found = addresses.map(address => ({ address, family: isIP(address) }));
    return (_name, _options, done) => done(null, found);
  };

  it.each([
    ['public', '127.0.0.1'],
    ['public', '10.0.0.7'],
    ['public', '169.254.169.254'],
    ['public', '::ffff:127.0.0.1'],
    ['public', 'fd00::1'],
    ['inside', '169.254.169.254'],
    ['inside', 'fe80::1'],
  ] as const)('%s: not a name that leads to %s, even beside another', async (reach, address) => {
    const server = createServer();
    const port = (await listen(server)).split(':')[1];
    let connections = 0;
    server.on('connection', () => connections++);
    const own = open({ lookup: answering('192.0.2.1', address) });
    const fault = await faultOf(get(`auth.test:${port}`, { reach }, own));
    expect(fault).toMatchObject({
      code: 'out-of-bounds',
      retryable: false,
      message: `auth.test leads to ${address}, which is not for everybody.`,
    });
    expect(connections).toBe(0);
  });

  it.each(['127.0.0.1', '[::1]', '2130706433', '0x7f.1', '[::ffff:7f00:1]', '0', '10.1', '169.254.169.254'])(
    'public: not the address %s itself',
    async host => {
      expect(await faultOf(get(host, { reach: 'public', timeout: 500 }))).toMatchObject({
        code: 'out-of-bounds',
      });
    },
  );

  it.each(['inside', 'anywhere'] as const)('%s: this machine, which is told as the peer', async reach => {
    const port = (await serve((_, response) => void response.end('hello'))).split(':')[1];
    const own = open({ lookup: answering('127.0.0.1') });
    expect((await get(`auth.test:${port}`, { reach }, own)).peer).toBe('127.0.0.1');
  });

  // DNS rebinding: the name has another address every time it is looked up.
  it('is looked at once: the connection goes to what was looked at', async () => {
    const port = (await serve((_, response) => void response.end('hello'))).split(':')[1];
    let lookups = 0;
    const own = open({
      lookup: (_name, _options, done) =>
        done(null, [{ address: lookups++ === 0 ? '127.0.0.1' : '10.0.0.7', family: 4 }]),
    });
    const answer = await get(`auth.test:${port}`, { reach: 'inside' }, own);
    expect([answer.body.toString(), answer.peer, lookups]).toEqual(['hello', '127.0.0.1', 1]);
  });

  it('is kept apart: a connection that was made for one may not serve another', async () => {
    const port = (await serve((_, response) => void response.end('hello'))).split(':')[1];
    const own = open({ lookup: answering('127.0.0.1') });
    await get(`auth.test:${port}`, {}, own);
    expect(await faultOf(get(`auth.test:${port}`, { reach: 'public' }, own))).toMatchObject({
      code: 'out-of-bounds',
    });
  });
});

it('breaks off what is under way when it is closed', async () => {
  const one = open();
  let closed: Promise<unknown> | undefined;
  const host = await serveRaw(socket => {
    closed = once(socket, 'close');
    void one.close();
  });
  expect(await faultOf(get(host, { timeout: 60_000 }, one))).toMatchObject({ name: 'HttpFault' });
  await closed;
});
