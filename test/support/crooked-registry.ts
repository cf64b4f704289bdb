import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { DOCKER_MANIFEST } from './bad-answers/answers.ts';
import type { Manner, Place } from './bad-answers/bad-answer.ts';
import type { BuiltImage } from './image.ts';
import { type RegistryServer, type SeenRequest, startRegistry } from './registry-server.ts';

/** A registry seen through a door of its own, which answers in its own manner once it is crooked. */
export interface CrookedRegistry {
  /** Host and port. */
  readonly host: string;
  /** Bytes that whoever asked has taken so far. */
  sent(): number;
  /** The most connections that were open at a time, of those that were opened since the last call. */
  most(): number;
}

/** Many crooked registries, which are one behind their doors: what is published to it can be had at each. */
export interface CrookedRegistries {
  readonly good: RegistryServer;
  /** Opens a door. Until `turnCrooked` all is well behind it. */
  open(manner: Manner): Promise<CrookedRegistry>;
  /** From now on each answers in its manner, but about what is under `good/`. @param image what `bad/app` holds */
  turnCrooked(image: BuiltImage): void;
  /** Requests to somebody else, whom nobody should ask. */
  strayed(): readonly SeenRequest[];
  close(): Promise<void>;
}

const TLS_GREETING = 0x16;

export async function openCrookedRegistries(): Promise<CrookedRegistries> {
  const good = await startRegistry();
  const somebodyElse = await startRegistry();
  const manners = new Map<string, Manner>();
  const doors: Door[] = [];
  let image: BuiltImage | undefined;

  const placeAt = (host: string): Place | undefined => image && { host, image, elsewhere: somebodyElse.host };

  good.misbehave = async (request, response) => {
    const host = request.headers.host ?? '';
    const manner = manners.get(host);
    const place = placeAt(host);
    if (place === undefined || manner === undefined || !('http' in manner)) return false;
    if (request.url?.startsWith('/v2/good/')) return false;
    return (await manner.http(request, response, place)) !== false;
  };
  // Whoever follows a lead finds what he looks for.
  somebodyElse.misbehave = ({ url, method }, response) => {
    const body = url?.includes('token') ? '{"token":"stolen"}' : (image?.manifest ?? '');
    response.writeHead(200, { 'content-type': DOCKER_MANIFEST, 'docker-content-digest': image?.digest });
    response.end(method === 'GET' ? body : undefined);
    return true;
  };

  return {
    good,
    strayed: () => somebodyElse.requests,
    open: async manner => {
      if ('nobodyAt' in manner) return { host: manner.nobodyAt, sent: () => 0, most: () => 0 };
      const door = await openDoor(good.host, manner, placeAt);
      doors.push(door);
      if (image !== undefined && 'gone' in manner) door.close();
      manners.set(door.host, manner);
      return door;
    },
    turnCrooked: held => {
      image = held;
      for (const door of doors) if ('gone' in door.manner) door.close();
      somebodyElse.forget();
    },
    close: async () => {
      for (const door of doors) door.close();
      await Promise.all([good.close(), somebodyElse.close()]);
    },
  };
}

interface Door extends CrookedRegistry {
  readonly manner: Manner;
  close(): void;
}

async function openDoor(
  inner: string,
  manner: Exclude<Manner, { nobodyAt: string }>,
  placeAt: (host: string) => Place | undefined,
): Promise<Door> {
  const sockets = new Set<Socket>();
  const tls = 'tls' in manner ? tlsServer(manner.tls, inner) : undefined;
  let host = '';
  let open = new Set<Socket>();
  let most = 0;
  const server: Server = createServer(socket => {
    sockets.add(socket.on('error', () => undefined));
    const counted = open.add(socket);
    most = Math.max(most, counted.size);
    socket.on('close', () => counted.delete(socket));
    const place = placeAt(host);
    if (place === undefined || 'http' in manner || 'gone' in manner) return passOn(socket, inner);
    if ('greeting' in manner) return void manner.greeting(socket);
    if ('tls' in manner) return void tls?.emit('connection', socket);
    socket.on('data', (said: Buffer) => {
      if (said[0] === TLS_GREETING) socket.end('HTTP/1.0 400 Bad Request\r\n\r\n');
      else manner.bare(said.toString('latin1'), socket, place);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    manner,
    sent: () => [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
    most: () => {
      const said = most;
      most = 0;
      open = new Set();
      return said;
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function tlsServer(
  { key, cert, version }: Extract<Manner, { tls: object }>['tls'],
  inner: string,
): TlsServer {
  // OpenSSL itself refuses what is so old, unless it is told to be careless.
  const old = version && { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
  return createTlsServer({ key, cert, ...old }, socket => {
    socket.on('error', () => undefined);
    passOn(socket, inner);
  }).on('tlsClientError', () => undefined);
}

/** Both ways, with the manner in which it ends. */
function passOn(socket: Socket, inner: string): void {
  const [host = '', port] = inner.split(':');
  const onward = connect(Number(port), host);
  let broken = false;
  onward.on('error', () => {
    broken = true;
  });
  onward.pipe(socket).pipe(onward);
  onward.on('close', () => {
    if (broken) socket.resetAndDestroy?.();
    else if (!onward.readableEnded) socket.destroy();
  });
  socket.on('close', () => onward.destroy());
}
