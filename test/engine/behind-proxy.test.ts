import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCertificate } from '../support/certificate.ts';
import { type EngineProxy, startEngineProxy } from '../support/engine-proxy.ts';
import { Lab } from '../support/lab.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { openTlsDoor, type TlsDoor } from '../support/tls-door.ts';

/** An address that leads nowhere (RFC 5737) but through the proxy. */
const ELSEWHERE = '192.0.2.10';
const own = makeCertificate({ address: ELSEWHERE });

let lab: Lab;
let engine: EngineProxy;
let registry: TlsDoor;
/** What a proxy was asked for, and whether it lets through. */
const asked: string[] = [];
let answer = '200 Connection established';
const proxy = createServer(socket => socket.once('data', head => tunnel(socket, String(head))));

function tunnel(socket: Socket, head: string): void {
  asked.push(head.slice(0, head.indexOf(' HTTP/1.1')));
  socket.on('error', () => undefined);
  socket.write(`HTTP/1.1 ${answer}\r\n\r\n`);
  if (!answer.startsWith('200')) socket.end();
  else {
    const far = connect(registry.port, '127.0.0.1').on('error', () => undefined);
    socket.pipe(far).pipe(socket);
  }
}

beforeAll(async () => {
  lab = await Lab.open();
  await lab.clear();
  engine = await startEngineProxy(lab.socket, '/run/refreshd-sandbox/behind-proxy.sock');
  registry = await openTlsDoor(Number(new URL(`http://${lab.registry.host}`).port), own);
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  await lab.publish({ version: '1' });
  await lab.pull();
  const { body: image } = await lab.api('GET', `/images/${lab.reference()}/json`);
  await lab.api('POST', `/images/${image.Id}/tag?repo=${ELSEWHERE}/app&tag=latest`);
  await lab.run('app', { Image: `${ELSEWHERE}/app:latest` }, false);
  // As if it had been pulled from there.
  const pulled = JSON.stringify(image).replaceAll(lab.registry.host, ELSEWHERE);
  engine.spoil = ({ path }) =>
    /^\/images\/.+\/json$/.test(path) ? { kind: 'garbled', when: 'before', body: pulled } : undefined;
});
afterAll(async () => {
  proxy.close();
  await registry.close();
  await engine.close();
  await lab.close();
});

const check = () => {
  const authority = join(tempFolder(), 'authority.pem');
  writeFileSync(authority, own.cert);
  asked.length = 0;
  lab.registry.forget();
  return lab.refreshd(['check'], {
    DOCKER_HOST: `unix://${engine.socket}`,
    HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    NODE_EXTRA_CA_CERTS: authority,
  });
};

it('asks a registry through the proxy that the environment names', async () => {
  const { code, stdout } = await check();
  expect(stdout).toMatch(/^app\tcurrent\t/);
  expect(code).toBe(0);
  expect(asked).toEqual([`CONNECT ${ELSEWHERE}:443`]);
  expect(lab.registry.requests.filter(({ method }) => method === 'HEAD')).toHaveLength(1);
});

it('says in a sentence that the proxy lets nothing through', async () => {
  answer = '502 Bad Gateway';
  const { code, stdout } = await check();
  expect(stdout).toMatch(
    /^app\tunresolved\t.*The proxy 127\.0\.0\.1:\d+ lets nothing through to 192\.0\.2\.10 \(HTTP 502\)/,
  );
  expect([code, asked[0]]).toEqual([1, `CONNECT ${ELSEWHERE}:443`]);
});
