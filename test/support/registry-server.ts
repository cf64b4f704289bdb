import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as the registry saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  status: number;
}

/** Answers a request in its own way, or leaves it to the registry by returning false. */
export type Misbehaviour = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

/** A registry on loopback that takes pushes and pulls (OCI distribution spec 1.1), and misbehaves on demand. */
export interface RegistryServer {
  /** `127.0.0.1:port`. */
  readonly host: string;
  readonly requests: SeenRequest[];
  /** Asked before each request; undefined for good behaviour. */
  misbehave: Misbehaviour | undefined;
  /** Requests for manifests since the last call of `forget`. */
  manifestRequests(): SeenRequest[];
  forget(): void;
  close(): Promise<void>;
}

interface Stored {
  readonly type: string;
  readonly bytes: Buffer;
}

export async function startRegistry(port = 0): Promise<RegistryServer> {
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, Stored>();
  const requests: SeenRequest[] = [];
  const registry = { misbehave: undefined as Misbehaviour | undefined };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://registry');
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: url.pathname,
      authorization: request.headers.authorization,
      status: 0,
    };
    requests.push(seen);
    response.on('close', () => {
      seen.status = response.statusCode;
    });
    answer(request, response, url).catch(error => {
      response.destroy(error as Error);
    });
  });

  const answer = async (request: IncomingMessage, response: ServerResponse, url: URL) => {
    if (await registry.misbehave?.(request, response)) return;
    const match = /^\/v2\/(.+)\/(blobs|manifests)\/(.+)$/.exec(url.pathname);
    if (match === null) return void response.writeHead(url.pathname === '/v2/' ? 200 : 404).end();
    const [, repository = '', kind, name = ''] = match;
    if (kind === 'blobs') await answerBlob(request, response, url, repository, name);
    else await answerManifest(request, response, repository, name);
  };

  const answerBlob = async (
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    repository: string,
    name: string,
  ) => {
    if (name.startsWith('uploads/')) {
      if (request.method === 'POST')
        return void response.writeHead(202, { location: `/v2/${repository}/blobs/uploads/1` }).end();
      const bytes = await bodyOf(request);
      blobs.set(url.searchParams.get('digest') ?? '', bytes);
      return void response.writeHead(201).end();
    }
    const bytes = blobs.get(name);
    if (bytes === undefined) return void refuse(response, 404, 'BLOB_UNKNOWN');
    response.writeHead(200, { 'content-length': bytes.length, 'docker-content-digest': name });
    return void response.end(request.method === 'HEAD' ? undefined : bytes);
  };

  const answerManifest = async (
    request: IncomingMessage,
    response: ServerResponse,
    repository: string,
    name: string,
  ) => {
    if (request.method === 'PUT') {
      const bytes = await bodyOf(request);
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
      const stored = { bytes, type: request.headers['content-type'] ?? '' };
      manifests.set(`${repository} ${digest}`, stored).set(`${repository} ${name}`, stored);
      return void response.writeHead(201, { 'docker-content-digest': digest }).end();
    }
    const stored = manifests.get(`${repository} ${name}`);
    if (stored === undefined) return void refuse(response, 404, 'MANIFEST_UNKNOWN');
    const digest = `sha256:${createHash('sha256').update(stored.bytes).digest('hex')}`;
    response.writeHead(200, {
      'content-type': stored.type,
      'content-length': stored.bytes.length,
      'docker-content-digest': digest,
    });
    return void response.end(request.method === 'HEAD' ? undefined : stored.bytes);
  };

  // One that is kept may be used again after long work; a client that finds it closed at that moment fails.
  server.keepAliveTimeout = 600_000;
  await listen(server, port);
  return Object.assign(registry, {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    manifestRequests: () => requests.filter(({ path }) => path.includes('/manifests/')),
    forget: () => void requests.splice(0),
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ errors: [{ code, message: code.toLowerCase().replaceAll('_', ' ') }] }));
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}
