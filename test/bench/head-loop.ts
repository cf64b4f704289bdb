import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

/*
 * The least that a check can be: asks a registry for the digests of all names in a file (`HOST/PATH:TAG`, one a line)
 * over as many connections as refreshd keeps, and looks at nothing else.
 */

const CONNECTIONS = 4;
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

function head(name: string): Promise<string> {
  const [, host, path, tag] = /^([^/]+)\/(.+):([^:]+)$/.exec(name) ?? [];
  const options = { method: 'HEAD', agent, headers: { accept: ACCEPT } };
  return new Promise((resolve, reject) => {
    const asking = request(`http://${host}/v2/${path}/manifests/${tag}`, options, answer => {
      answer.resume();
      answer.on('end', () => resolve(String(answer.headers['docker-content-digest'])));
    });
    asking.on('error', reject);
    asking.end();
  });
}

const names = readFileSync(process.argv[2] ?? '', 'utf8')
  .split('\n')
  .filter(name => name !== '')
  .values();
const askOn = async () => {
  for (const name of names) process.stdout.write(`${name} ${await head(name)}\n`);
};
await Promise.all(Array.from({ length: CONNECTIONS }, askOn));
agent.destroy();
