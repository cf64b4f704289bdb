import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDockerEngine } from '../../../src/engine/docker-engine.ts';
import { readDockerHost } from '../../../src/engine/docker-host.ts';
import { parseReference } from '../../../src/image/reference.ts';
import { settled } from '../../support/hand-clock.ts';
import { digestOf } from '../../support/rollout-samples.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** An engine that answers as it is told, and what it was asked. */
async function engine(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: string[] = [];
  const socketPath = join(tempFolder(), 'engine.sock');
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(request, response);
  }).listen(socketPath);
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    asked,
    engine: await openDockerEngine(readDockerHost({ DOCKER_HOST: `unix://${socketPath}` })),
  };
}

const status = (code: number, body: unknown) => (_: IncomingMessage, response: ServerResponse) => {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

it.each([
  [200, []],
  [404, { message: 'No such image: web:1' }],
  [409, { message: 'conflict: unable to remove repository reference (must force)' }],
])('removing an image that is answered with %i is fine', async (code, body) => {
  const { engine: one } = await engine(status(code, body));
  await expect(one.removeImage('web:1')).resolves.toBeUndefined();
});

it('says why an image cannot be removed', async () => {
  const { engine: one } = await engine(status(500, { message: 'device is gone' }));
  await expect(one.removeImage('web:1')).rejects.toMatchObject({
    code: 'failed',
    message: 'The engine could not remove image web:1: device is gone (HTTP 500).',
  });
});

const pull = {
  reference: parseReference('registry.test/web:1') ?? expect.unreachable(),
  digest: digestOf('d'),
  platform: undefined,
  credentials: undefined,
};

it.each([
  ['before the first byte', () => undefined],
  ['under way', (response: ServerResponse) => void response.writeHead(200).write('{"status":"Pulling"}\n')],
])('a pull that is interrupted %s ends at once, and the engine notices', async (_, begin) => {
  const told = new AbortController();
  let left: Promise<unknown> | undefined;
  const { engine: one } = await engine((request, response) => {
    left = new Promise(resolve => request.socket.on('error', () => undefined).on('close', resolve));
    begin(response);
    void settled().then(() => told.abort());
  });
  await expect(one.pullImage(pull, () => undefined, told.signal)).rejects.toMatchObject({
    code: 'interrupted',
    message: `The pull of registry.test/web@${digestOf('d')} was interrupted.`,
  });
  await left;
});

it('a pull that is interrupted before it begins is not begun', async () => {
  const { engine: one, asked } = await engine(status(200, {}));
  const pulled = one.pullImage(pull, () => undefined, AbortSignal.abort());
  await expect(pulled).rejects.toMatchObject({ code: 'interrupted' });
  expect(asked).toEqual([]);
});

it('asks for names with any characters', async () => {
  const { engine: one, asked } = await engine(status(404, { message: 'no such thing' }));
  await one.inspectContainer('a?b#c/d');
  await one.inspectImage('registry.test:5000/team/app:1');
  await one.inspectImage(`app@${digestOf('d')}`);
  await one.inspectImage('a b?c');
  await one.removeVolume('my volume');
  await one.connectNetwork('front end?', 'web', {}).catch(() => undefined);
  expect(asked).toEqual([
    'GET /containers/a%3Fb%23c%2Fd/json',
    'GET /images/registry.test:5000/team/app:1/json',
    `GET /images/app@${digestOf('d')}/json`,
    'GET /images/a%20b%3Fc/json',
    'DELETE /volumes/my%20volume',
    'POST /networks/front%20end%3F/connect',
  ]);
});

it.each(['<!doctype html>', ''])(
  'a success with a body of somebody else (%j) says nothing of what was done',
  async body => {
    const { engine: one } = await engine((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end(body);
    });
    const unknown = { code: 'unknown', retryable: true };
    const changes = [
      () => one.setRestartPolicy('web', { Name: 'no', MaximumRetryCount: 0 }),
      () => one.removeImage('web:1'),
      () => one.startContainer('web'),
      () => one.stopContainer('web', 1),
      () => one.renameContainer('web', 'other'),
      () => one.removeContainer('web'),
      () => one.createContainer('web', {}, undefined),
      () => one.tagImage('web:1', pull.reference),
    ];
    for (const change of changes) await expect(change()).rejects.toMatchObject(unknown);
    await expect(one.listContainers()).rejects.toMatchObject(unknown);
  },
);

it('asks for events until now by the clock of the engine, which may be another than ours', async () => {
  const { engine: one, asked } = await engine((request, response) => {
    const body = request.url === '/info' ? '{"SystemTime":"2001-02-03T04:05:06.789012345Z"}' : '';
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  expect(await one.eventsSince(981_173_100_000)).toEqual([]);
  expect(asked).toEqual(['GET /info', 'GET /events?since=981173100&until=981173106.789']);
});

it('a pull whose progress comes one byte at a time counts as silent', async () => {
  const socketPath = join(tempFolder(), 'engine.sock');
  let dribbling: NodeJS.Timeout | undefined;
  const server = createServer((_, response) => {
    response.writeHead(200);
    dribbling = setInterval(() => response.write(' '), 20);
  }).listen(socketPath);
  onTestFinished(() => {
    clearInterval(dribbling);
    server.closeAllConnections();
    server.close();
  });
  const deadlines = { read: 1000, write: 1000, slowWrite: 1000, pullSilence: 300 };
  const one = await openDockerEngine(readDockerHost({ DOCKER_HOST: `unix://${socketPath}` }), deadlines);
  const pulled = one.pullImage(pull, () => undefined, new AbortController().signal);
  await expect(pulled).rejects.toMatchObject({
    code: 'unknown',
    message: expect.stringContaining('silent for 0.3 s'),
  });
});

it('leaves out what happened before', async () => {
  const event = (milliseconds: number) =>
    JSON.stringify({
      timeNano: milliseconds * 1_000_000,
      Action: 'die',
      Actor: { ID: `at ${milliseconds}` },
    });
  const { engine: one } = await engine((request, response) => {
    const told = `${event(5100)}\n${event(5900)}\n`;
    response.writeHead(200).end(request.url === '/info' ? '{"SystemTime":"1970-01-01T00:00:06Z"}' : told);
  });
  const events = await one.eventsSince(5500);
  expect(events.map(({ container }) => container)).toEqual(['at 5900']);
});

const REFERENCE = parseReference('registry.test:5000/team/web:1') ?? expect.unreachable();

it('what a registry offers is asked with the credentials of the question', async () => {
  let auth: string | undefined;
  const answer = {
    Descriptor: { mediaType: 'x', digest: digestOf('d'), size: 1 },
    Platforms: [{ os: 'linux', architecture: 'arm', variant: 'v7' }, { os: '', architecture: '' }, {}],
  };
  const { engine: one, asked } = await engine((request, response) => {
    auth = request.headers['x-registry-auth'] as string;
    status(200, answer)(request, response);
  });
  expect(await one.distribution(REFERENCE, { username: 'me', password: 'pw' })).toEqual({
    digest: digestOf('d'),
    platforms: [{ os: 'linux', architecture: 'arm', variant: 'v7' }],
  });
  expect(asked).toEqual(['GET /distribution/registry.test:5000/team/web:1/json']);
  expect(JSON.parse(Buffer.from(auth ?? '', 'base64').toString())).toMatchObject({
    username: 'me',
    password: 'pw',
  });
  await one.distribution(REFERENCE, undefined);
  expect(auth).toBeUndefined();
});

it.each([
  [200, { Descriptor: { digest: 'sha256:x' } }],
  [200, {}],
  [404, { message: 'page not found' }],
  [403, { message: 'denied' }],
  [500, { message: 'x509: certificate signed by unknown authority' }],
])('what a registry offers is not to be had from HTTP %i %j', async (code, body) => {
  const { engine: one } = await engine(status(code, body));
  await expect(one.distribution(REFERENCE, undefined)).rejects.toMatchObject({ name: 'EngineError' });
});

it('tells which hosts it asks before Docker Hub, and which without TLS', async () => {
  const { engine: one } = await engine((request, response) =>
    status(200, {
      ID: 'x',
      Name: 'host',
      OSType: 'linux',
      Architecture: 'x86_64',
      Version: '1',
      ApiVersion: '1.40',
      RegistryConfig: {
        InsecureRegistryCIDRs: ['127.0.0.0/8'],
        Mirrors: ['https://a.test/'],
        IndexConfigs: {
          'docker.io': { Secure: true, Mirrors: ['https://a.test/', 'http://b.test/'] },
          'lan:5000': { Secure: false, Mirrors: [] },
          'other:5000': { Secure: true },
        },
      },
    })(request, response),
  );
  expect(await one.identify()).toMatchObject({
    hubMirrors: ['https://a.test/', 'http://b.test/'],
    insecureRegistries: ['127.0.0.0/8', 'lan:5000'],
  });
});
