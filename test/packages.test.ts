import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));

it('an installation of refreshd brings no other package, and a build takes exact versions', () => {
  expect(dependencies).toBeUndefined();
  expect(Object.keys(devDependencies).length).toBeGreaterThan(20);
  for (const version of Object.values(devDependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});

it('every package is fixed by its digest, comes from wherever npm is set to, and runs nothing when it is installed', () => {
  const others = Object.entries<{ integrity?: string; resolved?: string }>(packages).filter(
    ([path]) => path !== '',
  );
  expect(others.length).toBeGreaterThan(100);
  for (const [path, { integrity, resolved }] of others)
    expect([path, integrity, resolved]).toEqual([path, expect.stringMatching(/^sha512-/), undefined]);
  expect(readFileSync('.npmrc', 'utf8')).toContain('ignore-scripts=true\n');
});
