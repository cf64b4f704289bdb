import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDockerEngine } from '../../../src/engine/docker-engine.ts';
import { readDockerHost } from '../../../src/engine/docker-host.ts';
import { tempFolder } from '../../support/temp-folder.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const listing: Answer = (_, response) =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end('[]');
const done: Answer = (_, response) => void response.writeHead(204).end();

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

it('reads over a connection that it has, and changes over one of its own', async () => {
  const { engine: one, over } = await engine((request, response) =>
    (request.method === 'GET' ? listing : done)(request, response),
  );
  await one.listImages();
  await one.startContainer('web');
  await one.stopContainer('web', 1);
  await one.listImages();
  expect(over[3]).toBe(over[0]);
  expect(new Set(over).size).toBe(3);
});

it('reads anew where its connection was closed meanwhile', async () => {
  const { engine: one, over } = await engine((request, response) => {
    // As one that is told to end: it was asked, and says nothing more.
    if (over.length === 2) request.socket.destroy();
    else listing(request, response);
  });
  await one.listImages();
  await expect(one.listImages()).resolves.toEqual([]);
  expect(over).toHaveLength(3);
  expect(over[1]).toBe(over[0]);
  expect(over[2]).not.toBe(over[0]);
});

it('asks no third time', async () => {
  const { engine: one, over } = await engine(({ socket }) => socket.destroy());
  await expect(one.listImages()).rejects.toMatchObject({ code: 'unknown' });
  expect(over).toHaveLength(2);
});

it('never makes a change twice', async () => {
  const { engine: one, over } = await engine(({ socket }) => socket.destroy());
  await expect(one.stopContainer('web', 1)).rejects.toMatchObject({ code: 'unknown' });
  expect(over).toHaveLength(1);
});
