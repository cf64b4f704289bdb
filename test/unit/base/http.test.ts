import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
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
import { makeCertificate } from '../../support/certificate.ts';

const client = openHttpClient({ proxy: false, connectionsPerHost: 4 });
afterAll(() => client.close());

/** A client of the test's own, closed when it is over. */
function open(options: Partial<HttpOptions> = {}): HttpClient {
  const opened = openHttpClient({ proxy: false, connectionsPerHost: 1, ...options });
  clients.push(opened);
  return opened;
}

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
    ['another protocol', 'unreachable', true, socket => socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
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
    process.env['http_proxy'] = `http://${await mute()}`;
    const own = open({ proxy: true });
    delete process.env['http_proxy'];
    expect(await endOf(get(await mute(), { timeout: 50 }, own))).toBe('timeout');
  });
});

describe('the connections to one host', () => {
  it('are no more than allowed, and used again', async () => {
    const own = open({ connectionsPerHost: 2 });
    const server = createServer((_, response) => void setTimeout(() => response.end(), 5));
    const host = await listen(server);
    await Promise.all(Array.from({ length: 8 }, () => get(host, {}, own)));
    expect(servers.get(server)?.size).toBe(2);
  });
});

describe('a proxy of the environment', () => {
  /** What the proxy is asked for: to connect to the host. */
  async function askWith(proxy: boolean, host: string): Promise<(string | undefined)[]> {
    const asked: (string | undefined)[] = [];
    const [, port] = (await serve((_, response) => void response.end('hello'))).split(':');
    const server = createServer().on('connect', (request, socket) => {
      asked.push(request.url);
      const onward = connect(Number(port), '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
      onward.pipe(socket).pipe(onward);
    });
    process.env['http_proxy'] = `http://${await listen(server)}`;
    const own = open({ proxy });
    delete process.env['http_proxy'];
    expect((await get(`${host}:${port}`, {}, own)).body.toString()).toBe('hello');
    return asked.map(each => each?.replace(`:${port}`, ''));
  }

  it('is obeyed where that is wanted', async () => {
    expect(await askWith(true, 'service.test')).toEqual(['service.test']);
  });

  it('is not told what is said to this machine', async () => {
    expect(await askWith(true, '127.0.0.1')).toEqual([]);
  });

  it('is passed by otherwise', async () => {
    expect(await askWith(false, '127.0.0.1')).toEqual([]);
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
