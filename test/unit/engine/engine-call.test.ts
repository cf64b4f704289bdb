import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDockerEngine } from '../../../src/engine/docker-engine.ts';
import { readDockerHost } from '../../../src/engine/docker-host.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { tempFolder } from '../../support/temp-folder.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const image: Answer = ({ url = '' }, response) =>
  void response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ Id: url.split('/')[2] }));
const silence: Answer = ({ socket }) => void socket.destroy();

/** An engine, and the connections that it was asked over, in the order of the questions. */
async function engine(answer: Answer) {
  const over: Socket[] = [];
  const socketPath = join(tempFolder(), 'engine.sock');
  const server = createServer((request, response) => {
    over.push(request.socket);
    answer(request, response);
  }).listen(socketPath);
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const opened = await openDockerEngine(readDockerHost({ DOCKER_HOST: `unix://${socketPath}` }));
  return { engine: opened, over };
}

/** Looks at these, two at a time. */
const lookAt = (engine: Engine, ids: readonly string[]) =>
  engine.lookAtMany(async ({ inspectImage }) => {
    const left = [...ids];
    const found: unknown[] = [];
    const next = async (): Promise<void> => {
      const id = left.shift();
      if (id === undefined) return;
      found.push((await inspectImage(id))?.Id);
      await next();
    };
    await Promise.all([next(), next()]);
    return found;
  });

it('looks at many images over as few connections as are needed at a time', async () => {
  const { engine: one, over } = await engine(image);
  const ids = Array.from({ length: 12 }, (_, index) => `image-${index}`);
  expect((await lookAt(one, ids)).toSorted()).toEqual(ids.toSorted());
  expect([over.length, new Set(over).size]).toEqual([12, 2]);
});

it('asks everything else over a connection of its own', async () => {
  const { engine: one, over } = await engine(image);
  for (let times = 0; times < 3; times++) await one.inspectImage('image');
  await lookAt(one, ['image']);
  await lookAt(one, ['image']);
  expect(new Set(over).size).toBe(5);
});

it('looks again where a connection was closed meanwhile', async () => {
  const { engine: one, over } = await engine((request, response) =>
    // As one that is told to end: it was asked, and says nothing more.
    (over.length === 3 ? silence : image)(request, response),
  );
  expect(await lookAt(one, ['a', 'b', 'c', 'd'])).toHaveLength(4);
  expect(over).toHaveLength(5);
  expect(over.slice(0, 2)).toContain(over[2]);
});

it('asks no third time', async () => {
  const { engine: one, over } = await engine(silence);
  await expect(lookAt(one, ['a'])).rejects.toMatchObject({ code: 'unknown' });
  expect(over).toHaveLength(2);
});

it('never makes a change twice', async () => {
  const { engine: one, over } = await engine(silence);
  await expect(one.stopContainer('web', 1)).rejects.toMatchObject({ code: 'unknown' });
  expect(over).toHaveLength(1);
});
