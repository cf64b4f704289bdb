import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { readAuthorities, readCertificates } from '../../../src/registry/certificates.ts';
import { makeCertificate } from '../../support/certificate.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const authority = makeCertificate();
const client = makeCertificate();
const HOST = 'registry.test:5000';

/** A `certs.d` with these files for the host, and the environment that leads to it. */
function certsD(files: Record<string, string>, host = HOST, where = ['certs.d']) {
  const folder = tempFolder();
  const path = join(folder, ...where, host);
  mkdirSync(path, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return { path, environment: { DOCKER_CONFIG: folder, XDG_CONFIG_HOME: folder } };
}

const read = (files: Record<string, string>, authorities?: readonly string[]) =>
  readCertificates(HOST, certsD(files).environment, authorities);

describe('certificates of a registry', () => {
  it('are none where Docker keeps none', async () => {
    const { environment } = certsD({ 'ca.crt': authority.cert }, 'registry.test');
    expect(await readCertificates(HOST, environment, undefined)).toBeUndefined();
    expect(await readCertificates(HOST, { DOCKER_CONFIG: '/none' }, undefined)).toBeUndefined();
  });

  it('are trusted beside Node’s own, or beside what is trusted instead', async () => {
    expect(await read({ 'b.crt': client.cert, 'a.crt': authority.cert, README: 'x' })).toEqual({
      ca: [...rootCertificates, authority.cert, client.cert],
    });
    expect(await read({ 'a.crt': authority.cert }, [client.cert])).toEqual({
      ca: [client.cert, authority.cert],
    });
  });

  it('are trusted beside those that Node is told of', async () => {
    const { environment } = certsD({ 'a.crt': authority.cert });
    const extra = join(tempFolder(), 'extra.pem');
    writeFileSync(extra, client.cert);
    const found = await readCertificates(HOST, { ...environment, NODE_EXTRA_CA_CERTS: extra }, undefined);
    expect(found?.ca?.slice(-2)).toEqual([client.cert, authority.cert]);
  });

  it('may be for ourselves', async () => {
    expect(await read({ 'me.cert': client.cert, 'me.key': client.key })).toMatchObject({
      cert: client.cert,
      key: client.key,
    });
  });

  it('are found where Docker without root keeps them', async () => {
    const { environment } = certsD({ 'a.crt': authority.cert }, HOST, ['docker', 'certs.d']);
    expect(await readCertificates(HOST, environment, [])).toEqual({ ca: [authority.cert] });
  });

  it.each<[string, Record<string, string>, string]>([
    ['a certificate without key', { 'me.cert': client.cert }, 'are not whole: me.cert is alone.'],
    [
      'a key of another name',
      { 'me.cert': client.cert, 'x.key': client.key },
      'are not whole: me.cert is alone.',
    ],
    ['a key without certificate', { 'me.key': client.key }, 'are not whole: me.key is alone.'],
    [
      'no PEM',
      { 'a.crt': '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----' },
      'are not understood.',
    ],
    ['a key of somebody else', { 'me.cert': client.cert, 'me.key': authority.key }, 'are not understood.'],
  ])('are not used with %s', async (_, files, why) => {
    const error = await read(files).catch(each => each);
    expect(error).toMatchObject({ name: 'RegistryError', code: 'credentials' });
    expect(error.message).toMatch(/^Docker('s certificates| keeps certificates) in .*registry\.test:5000/);
    expect(error.message).toContain(why);
    expect(JSON.stringify([error.message, error.hint])).not.toContain('BEGIN');
  });

  // Root's alone, at times: then the engine can read them.
  it('that cannot be read leave the registry out of our reach', async () => {
    const { path, environment } = certsD({});
    mkdirSync(join(path, 'a.crt'));
    await expect(readCertificates(HOST, environment, [])).rejects.toMatchObject({
      code: 'unreachable',
      message: `The certificates in ${join(path, 'a.crt')} cannot be read (EISDIR).`,
    });
  });
});

describe('SSL_CERT_FILE', () => {
  it('is trusted instead of Node’s own, with what Node is told of besides', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'a.pem'), authority.cert);
    writeFileSync(join(folder, 'b.pem'), client.cert);
    expect(await readAuthorities({})).toBeUndefined();
    expect(
      await readAuthorities({ SSL_CERT_FILE: '', NODE_EXTRA_CA_CERTS: join(folder, 'b.pem') }),
    ).toBeUndefined();
    expect(
      await readAuthorities({
        SSL_CERT_FILE: join(folder, 'a.pem'),
        NODE_EXTRA_CA_CERTS: join(folder, 'b.pem'),
      }),
    ).toEqual([authority.cert, client.cert]);
  });

  it('that is not there, or no PEM, is said', async () => {
    const path = join(tempFolder(), 'a.pem');
    await expect(readAuthorities({ SSL_CERT_FILE: path })).rejects.toThrow(`${path} cannot be read (ENOENT)`);
    writeFileSync(path, '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n');
    await expect(readAuthorities({ SSL_CERT_FILE: path })).rejects.toThrow(`SSL_CERT_FILE names ${path}`);
  });
});
