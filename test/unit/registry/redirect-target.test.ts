import { expect, it } from 'vitest';
import { leavesToOther } from '../../../src/registry/redirect-target.ts';

const PUBLIC = 'https://registry.test/v2/';
const INSIDE = 'https://10.0.0.1:5000/v2/';

it.each<[string, string, boolean]>([
  [PUBLIC, 'https://other.test/v2/app/manifests/latest', true],
  [PUBLIC, 'HTTPS://other.test:8443/', true],
  [PUBLIC, 'https://registry.test:8443/', true],
  [PUBLIC, 'https://registry.test/elsewhere', false],
  [PUBLIC, 'http://other.test/', false],
  [PUBLIC, '//other.test/', false],
  [PUBLIC, '/v2/other/manifests/latest', false],
  [PUBLIC, 'https://me:pw@other.test/', false],
  [PUBLIC, 'https://10.0.0.2/', false],
  [PUBLIC, 'https://127.0.0.1/', false],
  [PUBLIC, 'https://localhost/', false],
  [PUBLIC, 'https://[::1]/', false],
  [PUBLIC, 'https://169.254.169.254/', false],
  [PUBLIC, 'file:///etc/passwd', false],
  [PUBLIC, 'https://[::1', false],
  [PUBLIC, '', false],
  [INSIDE, 'https://10.0.0.2/', true],
  [INSIDE, 'https://127.0.0.1/', true],
  [INSIDE, 'https://other.test/', true],
  [INSIDE, 'https://169.254.169.254/', false],
])('%s leaves its images to another with %j: %s', (from, location, expected) => {
  expect(leavesToOther(location, new URL(from))).toBe(expected);
});
