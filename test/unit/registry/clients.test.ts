import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { HttpOptions } from '../../../src/base/http.ts';
import { openSecrets } from '../../../src/base/secrets.ts';
import { openClients } from '../../../src/registry/clients.ts';
import { makeCertificate } from '../../support/certificate.ts';
import { scriptedHttp } from '../../support/scripted-http.ts';
import { tempFolder } from '../../support/temp-folder.ts';

function clients(environment: Record<string, string>) {
  const opened: HttpOptions[] = [];
  const secrets = openSecrets();
  const openHttp = (options: HttpOptions) => {
    opened.push(options);
    return scriptedHttp(() => ({ status: 200 }));
  };
  const open = openClients({
    environment: { DOCKER_CONFIG: '/none', XDG_CONFIG_HOME: '/none', ...environment },
    connectionsPerHost: 3,
    secrets,
    openHttp,
  });
  return { opened, secrets, open };
}

it('one is opened for all registries, when it is first needed', async () => {
  const { opened, open } = clients({});
  expect(opened).toEqual([]);
  expect(await open.clientFor('a.test')).toBe(await open.clientFor('docker.io'));
  expect(opened).toMatchObject([{ connectionsPerHost: 3, tls: undefined }]);
});

it('it trusts what SSL_CERT_FILE names', async () => {
  const path = join(tempFolder(), 'a.pem');
  const { cert } = makeCertificate();
  writeFileSync(path, cert);
  const { opened, open } = clients({ SSL_CERT_FILE: path });
  await open.clientFor('a.test');
  expect(opened).toMatchObject([{ tls: { ca: [cert] } }]);
});

it('a proxy that is not understood hinders every question, without being shown', async () => {
  const { open } = clients({ HTTPS_PROXY: 'socks5://me:s3cret@p.test' });
  for (const host of ['a.test', 'b.test'])
    await expect(open.clientFor(host)).rejects.toMatchObject({
      name: 'RegistryError',
      code: 'unreachable',
      message: 'HTTPS_PROXY is not understood.',
    });
});

it('the password of a proxy is a secret', async () => {
  const { open, secrets } = clients({ HTTPS_PROXY: 'http://me:hunter-2@p.test' });
  await open.clientFor('a.test');
  expect(secrets.redact('me:hunter-2@p.test')).toBe('me:***@p.test');
});
