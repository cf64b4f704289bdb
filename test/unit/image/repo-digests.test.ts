import { expect, it } from 'vitest';
import { parseReference } from '../../../src/image/reference.ts';
import { digestsOf, isVouchedFor, mayBeMadeHere } from '../../../src/image/repo-digests.ts';

const A = `sha256:${'a'.repeat(64)}`;
const B = `sha256:${'b'.repeat(64)}`;

it.each([
  ['the one', 'nginx:1.27', [`nginx@${A}`], [A]],
  ['all of several, in their order', 'nginx', [`nginx@${B}`, `nginx@${A}`], [B, A]],
  [
    'those of this repository alone',
    'nginx',
    [`mirror.example/library/nginx@${A}`, `nginx@${B}`, `other/nginx@${A}`],
    [B],
  ],
  ['it however the repository is written', 'nginx', [`docker.io/library/nginx@${A}`], [A]],
  ['none where none is listed', 'nginx', [], []],
  ['none of what makes no sense', 'nginx', ['<none>@<none>', 'nginx', `nginx:1@${A.slice(0, -1)}`], []],
])('finds %s', (_, name, listed, expected) => {
  const reference = parseReference(name);
  expect(reference && digestsOf({ RepoDigests: listed }, reference)).toEqual(expected);
});

it('finds what an image was pulled as that lost its names, where the image store of containerd keeps it', () => {
  const reference = parseReference('nginx') ?? expect.unreachable();
  const Descriptor = { digest: A };
  expect(digestsOf({ RepoDigests: [], Descriptor }, reference)).toEqual([A]);
  expect(digestsOf({ RepoDigests: [`refreshd-kept@${A}`], Descriptor }, reference)).toEqual([A]);
  expect(digestsOf({ RepoDigests: [`nginx@${B}`], Descriptor }, reference)).toEqual([B]);
});

it.each([
  [[{ Repository: 'docker.io/library/nginx' }], true],
  [[{ Repository: 'mirror.example/nginx' }, { Repository: 'nginx' }], true],
  [[{ Repository: 'docker.io/other/nginx' }], false],
  [[{}], false],
  [null, false],
])('believes the engine that an image was pulled from %j', (Pull, expected) => {
  const reference = parseReference('nginx:1') ?? expect.unreachable();
  expect(isVouchedFor({ Identity: { Pull } }, reference)).toBe(expected);
  expect(isVouchedFor({}, reference)).toBe(false);
});

it('takes a digest for no proof of a pull where every name has one', () => {
  expect(mayBeMadeHere({ RepoDigests: [`nginx@${A}`] })).toBe(false);
  expect(mayBeMadeHere({ RepoDigests: [`nginx@${A}`], Descriptor: { digest: A } })).toBe(true);
  expect(mayBeMadeHere({ RepoDigests: [`nginx@${A}`] }, true)).toBe(true);
});
