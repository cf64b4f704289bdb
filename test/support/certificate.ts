import { generateKeyPairSync, sign } from 'node:crypto';

/** A key and its certificate, in PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface CertificateOptions {
  /** The IPv4 address that it is for. */
  readonly address?: string;
  /** As GeneralizedTime: `20000101000000Z`. */
  readonly from?: string;
  readonly until?: string;
  /** The common name of who signed it; without one it is signed by itself. */
  readonly issuer?: string;
}

/** A certificate for a server (X.509 in DER, RFC 5280). Whoever an `issuer` may be, nobody has its certificate. */
export function makeCertificate({
  address = '127.0.0.1',
  from = '20000101000000Z',
  until = '99991231235959Z',
  issuer,
}: CertificateOptions = {}): Certificate {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signer = issuer === undefined ? own : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaWithSha256 = der(0x30, hex('06082a8648ce3d040302'));
  const validity = der(0x30, ...[from, until].map(each => der(0x18, Buffer.from(each))));
  // subjectAltName, an IP address.
  const octets = Buffer.from(address.split('.').map(Number));
  const altName = der(0x30, hex('0603551d11'), der(0x04, der(0x30, der(0x87, octets))));
  const body = der(
    0x30,
    ...[hex('a003020102'), hex('020101'), ecdsaWithSha256, nameOf(issuer), validity, nameOf()],
    own.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, altName)),
  );
  const signature = sign('sha256', body, signer.privateKey);
  const certificate = der(0x30, body, ecdsaWithSha256, der(0x03, hex('00'), signature));
  return {
    key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
  };
}

function nameOf(commonName?: string): Buffer {
  if (commonName === undefined) return der(0x30);
  return der(0x30, der(0x31, der(0x30, hex('0603550403'), der(0x0c, Buffer.from(commonName)))));
}

function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...derLength(content.length)]), content]);
}

/** In as few bytes as it takes: Go, and with it docker-registry, refuses more. */
function derLength(length: number): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}
