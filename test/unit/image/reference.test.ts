import { describe, expect, it } from 'vitest';
import { parseDigest } from '../../../src/image/digest.ts';
import {
  familiarName,
  familiarRepository,
  formatReference,
  nameByDigest,
  parseReference,
  type Reference,
  repositoryOf,
} from '../../../src/image/reference.ts';

const HEX = 'a'.repeat(64);
const DIGEST = `sha256:${HEX}`;

function parsed(text: string): Reference {
  const reference = parseReference(text);
  if (reference === undefined) throw new Error(`${text} is no reference`);
  return reference;
}

/** As Docker reads names (distribution/reference, and its tests). */
describe.each([
  ['nginx', 'docker.io/library/nginx:latest', 'nginx:latest'],
  ['nginx:1.27', 'docker.io/library/nginx:1.27', 'nginx:1.27'],
  ['library/nginx', 'docker.io/library/nginx:latest', 'nginx:latest'],
  ['docker.io/nginx', 'docker.io/library/nginx:latest', 'nginx:latest'],
  ['index.docker.io/library/nginx', 'docker.io/library/nginx:latest', 'nginx:latest'],
  ['grafana/grafana', 'docker.io/grafana/grafana:latest', 'grafana/grafana:latest'],
  ['library/a/b', 'docker.io/library/a/b:latest', 'library/a/b:latest'],
  ['ghcr.io/a/b/c:v1', 'ghcr.io/a/b/c:v1', 'ghcr.io/a/b/c:v1'],
  ['ghcr.io/nginx', 'ghcr.io/nginx:latest', 'ghcr.io/nginx:latest'],
  ['localhost/app', 'localhost/app:latest', 'localhost/app:latest'],
  ['localhost:5000', 'docker.io/library/localhost:5000', 'localhost:5000'],
  ['127.0.0.1:5000/app', '127.0.0.1:5000/app:latest', '127.0.0.1:5000/app:latest'],
  ['[::1]:5000/app:x', '[::1]:5000/app:x', '[::1]:5000/app:x'],
  ['[2001:db8::1]/a/b/c:v1', '[2001:db8::1]/a/b/c:v1', '[2001:db8::1]/a/b/c:v1'],
  ['localhost:5000/a/b:x', 'localhost:5000/a/b:x', 'localhost:5000/a/b:x'],
  ['registry.test:65535/app', 'registry.test:65535/app:latest', 'registry.test:65535/app:latest'],
  ['10.0.0.7/app', '10.0.0.7/app:latest', '10.0.0.7/app:latest'],
  [`127.0.0.1:5000/a/b:1@${DIGEST}`, `127.0.0.1:5000/a/b:1@${DIGEST}`, `127.0.0.1:5000/a/b:1@${DIGEST}`],
  [`app@sha512:${HEX}${HEX}`, `docker.io/library/app@sha512:${HEX}${HEX}`, `app@sha512:${HEX}${HEX}`],
  ['docker.io/library/nginx:1', 'docker.io/library/nginx:1', 'nginx:1'],
  ['index.docker.io/grafana/grafana', 'docker.io/grafana/grafana:latest', 'grafana/grafana:latest'],
  ['REGISTRY/app', 'REGISTRY/app:latest', 'REGISTRY/app:latest'],
  ['my-host/app', 'docker.io/my-host/app:latest', 'my-host/app:latest'],
  ['a__b/c.d-e--f', 'docker.io/a__b/c.d-e--f:latest', 'a__b/c.d-e--f:latest'],
  [`nginx@${DIGEST}`, `docker.io/library/nginx@${DIGEST}`, `nginx@${DIGEST}`],
  [`nginx:1.27@${DIGEST}`, `docker.io/library/nginx:1.27@${DIGEST}`, `nginx:1.27@${DIGEST}`],
  [`nginx:_${'x'.repeat(127)}`, `docker.io/library/nginx:_${'x'.repeat(127)}`, `nginx:_${'x'.repeat(127)}`],
])('%s', (text, whole, familiar) => {
  it('is read with nothing left to defaults', () => {
    expect(formatReference(parsed(text))).toBe(whole);
  });

  it('is written as people do', () => {
    expect(familiarName(parsed(text))).toBe(familiar);
  });
});

it.each([
  ['nothing', ''],
  ['an image id', DIGEST],
  ['an image id without algorithm', HEX],
  ['capitals in the path', 'ghcr.io/App'],
  ['capitals in one word', 'Nginx'],
  ['no tag after the colon', 'nginx:'],
  ['a tag too long', `nginx:${'x'.repeat(129)}`],
  ['a tag that begins with a dash', 'nginx:-rm'],
  ['no digest after the at', 'nginx@'],
  ['half a digest', 'nginx@sha256:abc'],
  ['two digests', `nginx@${DIGEST}@${DIGEST}`],
  ['an empty part', 'a//b'],
  ['a slash at the end', 'ghcr.io/app/'],
  ['a slash at the beginning', '/app'],
  ['a host alone', 'ghcr.io/'],
  ['a way upwards', 'ghcr.io/../app'],
  ['an address', 'https://ghcr.io/app'],
  ['somebody’s name and password', 'me:secret@ghcr.io/app'],
  ['a port that is none', 'ghcr.io:http/app'],
  ['a number that is another way to write an address', '0x7f.1/app'],
  ['an address with a part too few', '127.0.1/app'],
  ['an address with a number too high', '256.0.0.1/app'],
  ['a port that nobody has', 'ghcr.io:65536/app'],
  ['a port of many digits', 'ghcr.io:999999/app'],
  ['an address that is none', '[:::]:5000/app'],
  ['an address without brackets', '::1/app'],
  ['an address of five numbers', '1.2.3.4.5/app'],
  ['a digest of another algorithm', `nginx@md5:${'a'.repeat(32)}`],
  ['a digest in capitals', `nginx@sha256:${'A'.repeat(64)}`],
  ['an empty host', ':5000/app'],
  ['a host that begins with a dash', '-ghcr.io/app'],
  ['space around it', ' nginx'],
  ['a line more', 'nginx\n'],
  ['a question', 'ghcr.io/app?x=y'],
  ['a path too long', `ghcr.io/${'x'.repeat(256)}`],
])('does not read %s', (_, text) => {
  expect(parseReference(text)).toBeUndefined();
});

it('keeps apart what Docker keeps apart: only index.docker.io is another name of Docker Hub’s', () => {
  const text = 'registry-1.docker.io/library/nginx:1.27';
  expect(familiarName(parsed(text))).toBe(text);
});

it('names repository and image as the engine lists them', () => {
  const reference = parsed('nginx:1.27');
  const digest = parseDigest(DIGEST);
  expect(repositoryOf(reference)).toBe('docker.io/library/nginx');
  expect(familiarRepository(reference)).toBe('nginx');
  expect(digest && nameByDigest(reference, digest)).toBe(`nginx@${DIGEST}`);
  expect(digest && nameByDigest(parsed('ghcr.io/a/b:1'), digest)).toBe(`ghcr.io/a/b@${DIGEST}`);
});
