import { type BuiltImage, buildImage, buildLayer } from './image.ts';
import { answerOf, type Lab, until } from './lab.ts';
import { nodeLayer } from './node-image.ts';
import { publish } from './publish.ts';

const NAME = 'alias-proxy';

/**
 * A small reverse proxy, as they are in front of containers without ports of their own. It looks the alias up for
 * each request, and asks the next address where one gives no answer, as nginx does out of the box
 * (proxy_next_upstream error timeout).
 */
const SOURCE = `
const http = require('node:http');
const dns = require('node:dns').promises;
const addresses = async name => (await dns.lookup(name, { all: true, family: 4 })).map(({ address }) => address);
const ask = (address, path) => new Promise((resolve, reject) => {
  const request = http.get({ host: address, port: 8080, path, agent: false, timeout: 5000 }, resolve);
  request.on('timeout', () => request.destroy(new Error('no answer')));
  request.on('error', reject);
});
http.createServer(async (incoming, response) => {
  const [, name] = /^\\/lookup\\/(.+)$/.exec(incoming.url) ?? [];
  let why = 'nobody has that alias';
  try {
    const found = await addresses(name ?? 'web');
    if (name !== undefined) return response.end(found.sort().join(' '));
    for (const address of found) {
      try {
        const answer = await ask(address, incoming.url);
        response.writeHead(answer.statusCode);
        return answer.pipe(response);
      } catch (error) {
        why = address + ': ' + error.message;
      }
    }
  } catch (error) {
    why = error.message;
  }
  response.writeHead(502).end(why);
}).listen(80);
`;

/** Packing Node takes seconds in which nothing else is done, so this comes before all connections. */
export async function buildAliasProxy(): Promise<BuiltImage> {
  const own = await buildLayer([{ path: 'proxy.cjs', content: SOURCE, mode: 0o644 }]);
  return buildImage([await nodeLayer(), own], { Cmd: ['/bin/node', '/proxy.cjs'], Env: ['PATH=/bin'] });
}

/** Starts it on a network, for the alias `web`; it is not watched. @returns its address */
export async function startAliasProxy(lab: Lab, image: BuiltImage, network: string): Promise<string> {
  await publish(lab.registry, NAME, 'latest', image);
  await lab.pull(lab.reference(NAME));
  await lab.run(NAME, {
    Image: lab.reference(NAME),
    Labels: { 'refreshd.enable': 'false' },
    ExposedPorts: { '80/tcp': {} },
    StopTimeout: 0,
    HostConfig: {
      NetworkMode: network,
      PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '18081' }] },
    },
  });
  const url = 'http://127.0.0.1:18081';
  await until(
    'the proxy answers',
    async () => (await answerOf(`${url}/lookup/localhost`)) === '200 127.0.0.1',
  );
  return url;
}
