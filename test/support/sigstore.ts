import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ASN1Obj } from '@sigstore/core';
import { initializeCA, initializeTLog, initializeTSA } from '@sigstore/mock';

/** What a Sigstore of our own is made with. */
export interface SigstoreOptions {
  /** When its certificates begin; now, if left out. They last ten minutes, as Sigstore's do. */
  readonly certifiedAt?: Date;
  /** Whether its certificates are in no log. */
  readonly unlisted?: boolean;
}

/** An authority for certificates, a log of them, a transparency log and a timestamp authority: all keys are new. */
export interface Sigstore {
  /** Of all four, for cosign: `http://127.0.0.1:port`. */
  readonly url: string;
  /** What trusts it (Sigstore protobuf-specs, `trusted_root.json`), or a part of it. */
  trustedRoot(parts?: readonly ('tlogs' | 'ctlogs' | 'timestampAuthorities')[]): object;
  /** The same as single keys and certificates in PEM, as cosign 2 wants to have them. */
  readonly pem: Readonly<Record<'ca' | 'tlog' | 'ctlog' | 'tsa', string>>;
  certify(publicKey: Buffer, identity: string, issuer: string): Promise<Buffer>;
  /** Makes an entry in the transparency log. */
  log(entry: object): Promise<LogEntry>;
  /** A timestamp of a signature (RFC 3161). */
  timestamp(signature: Buffer): Promise<Buffer>;
  close(): Promise<void>;
}

export interface LogEntry {
  readonly body: string;
  readonly integratedTime: number;
  readonly logID: string;
  readonly logIndex: number;
  readonly verification: {
    readonly signedEntryTimestamp: string;
    readonly inclusionProof: {
      readonly checkpoint: string;
      readonly hashes: readonly string[];
      readonly logIndex: number;
      readonly rootHash: string;
      readonly treeSize: number;
    };
  };
}

const SHA256 = '2.16.840.1.101.3.4.2.1';
const POLICY = '1.3.6.1.4.1.57264.2';
const ISSUER_V1 = '1.3.6.1.4.1.57264.1.1';
const ISSUER_V2 = '1.3.6.1.4.1.57264.1.8';

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest();

export async function startSigstore({
  certifiedAt,
  unlisted = false,
}: SigstoreOptions = {}): Promise<Sigstore> {
  const server = createServer((request, response) => {
    answer(request, response).catch(error => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ctlog = certificateLog(certifiedAt);
  const ca = await initializeCA(newKeys(), unlisted ? undefined : ctlog, certifiedAt);
  const tlog = await initializeTLog(url, newKeys());
  const wholeSeconds = new Date();
  const tsa = await initializeTSA(newKeys(), wholeSeconds);

  const certify = (publicKey: Buffer, identity: string, issuer: string) =>
    ca.issueCertificate({
      publicKey,
      subjectAltName: identity,
      extensions: [
        { oid: ISSUER_V1, value: issuer, legacy: true },
        { oid: ISSUER_V2, value: issuer },
      ],
    });
  const log = async (entry: object) =>
    Object.values(await tlog.log(canonicalEntry(entry as Entry)))[0] as unknown as LogEntry;
  const timestamp = (digest: Buffer) => {
    // The library that verifies reads no fraction of a second but one of three digits.
    wholeSeconds.setTime(Math.floor(Date.now() / 1000) * 1000);
    const request = { artifactHash: digest, hashAlgorithmOID: SHA256, nonce: 1, policyOID: POLICY };
    return tsa.timestamp({ ...request, certReq: true });
  };

  /** What cosign says to Fulcio, Rekor and a timestamp authority. */
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await bodyOf(request);
    if (request.url?.endsWith('/signingCert')) {
      const { publicKey, token } = readCertificateRequest(request, body);
      const { sub = '', iss = '' } = JSON.parse(
        Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(),
      );
      const chain = [await certify(publicKey, sub, iss), ca.rootCertificate].map(each => pemOf(each));
      if (request.url.includes('/v1/')) return void response.writeHead(201).end(chain.join(''));
      const certificates = { chain: { certificates: chain } };
      return void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ signedCertificateEmbeddedSct: certificates }));
    }
    if (request.url === '/api/v1/log/entries') {
      const entry = await tlog.log(canonicalEntry(JSON.parse(body.toString())));
      return void response
        .writeHead(201, { 'content-type': 'application/json', etag: Object.keys(entry)[0] ?? '' })
        .end(JSON.stringify(entry));
    }
    if (request.url?.startsWith('/api/v1/timestamp')) {
      // TimeStampReq ::= SEQUENCE { version, messageImprint SEQUENCE { algorithm, hash }, … } (RFC 3161)
      const imprint = ASN1Obj.parseBuffer(Buffer.from(body)).subs[1];
      const reply = await timestamp(Buffer.from(imprint?.subs[1]?.value ?? []));
      return void response.writeHead(201, { 'content-type': 'application/timestamp-reply' }).end(reply);
    }
    response.writeHead(404).end();
  };

  const always = { start: '1970-01-01T00:00:00Z' };
  const logInstance = (publicKey: Buffer) => ({
    baseUrl: url,
    hashAlgorithm: 'SHA2_256',
    publicKey: {
      rawBytes: publicKey.toString('base64'),
      keyDetails: 'PKIX_ECDSA_P256_SHA_256',
      validFor: always,
    },
    logId: { keyId: sha256Of(publicKey).toString('base64') },
  });
  const authority = (...certificates: Buffer[]) => ({
    subject: { organization: 'sigstore.mock', commonName: 'sigstore' },
    uri: url,
    certChain: { certificates: certificates.map(each => ({ rawBytes: each.toString('base64') })) },
    validFor: always,
  });
  const parts = {
    tlogs: [logInstance(tlog.publicKey)],
    ctlogs: [logInstance(ctlog.publicKey)],
    timestampAuthorities: [authority(tsa.intCertificate, tsa.rootCertificate)],
  };
  return {
    url,
    trustedRoot: (wanted = ['tlogs', 'ctlogs', 'timestampAuthorities']) => ({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      certificateAuthorities: [authority(ca.rootCertificate)],
      ...Object.fromEntries(wanted.map(part => [part, parts[part]])),
    }),
    pem: {
      ca: pemOf(ca.rootCertificate),
      tlog: pemOf(tlog.publicKey, 'PUBLIC KEY'),
      ctlog: pemOf(ctlog.publicKey, 'PUBLIC KEY'),
      tsa: pemOf(tsa.intCertificate) + pemOf(tsa.rootCertificate),
    },
    certify,
    log,
    timestamp: signature => timestamp(sha256Of(signature)),
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A log of certificates, as far as its receipts go (RFC 6962, 3.2); the library's makes empty ones. */
function certificateLog(at?: Date) {
  const { publicKey: key, privateKey } = newKeys();
  const publicKey = key.export({ type: 'spki', format: 'der' });
  const logID = sha256Of(publicKey);
  const log = async (certificate: ArrayBuffer, issuer: ArrayBuffer): Promise<ArrayBuffer> => {
    const body = ASN1Obj.parseBuffer(Buffer.from(certificate)).subs[0]?.toDER() ?? Buffer.alloc(0);
    const timestamp = Buffer.alloc(8);
    timestamp.writeBigUInt64BE(BigInt((at ?? new Date()).getTime()));
    const noExtensions = Buffer.alloc(2);
    const [kind, length, signatureLength] = [Buffer.from([0, 1]), Buffer.alloc(3), Buffer.alloc(2)];
    length.writeUIntBE(body.length, 0, 3);
    const signed = [Buffer.from([0, 0]), timestamp, kind, Buffer.from(issuer), length, body, noExtensions];
    const signature = sign('sha256', Buffer.concat(signed), privateKey);
    signatureLength.writeUInt16BE(signature.length);
    const sha256WithEcdsa = Buffer.from([4, 3]);
    const receipt = [
      Buffer.from([0]),
      logID,
      timestamp,
      noExtensions,
      sha256WithEcdsa,
      signatureLength,
      signature,
    ];
    const bytes = Buffer.concat(receipt);
    return Uint8Array.from([0, bytes.length, ...bytes]).buffer;
  };
  return { publicKey, logID, log };
}

/** Cosign 2 speaks version 1 of Fulcio's API, cosign 3 version 2. */
function readCertificateRequest(
  request: IncomingMessage,
  body: Buffer,
): { publicKey: Buffer; token: string } {
  const asked = JSON.parse(body.toString());
  const bearer = (request.headers.authorization ?? '').replace(/^Bearer /, '');
  const content: string =
    asked.publicKeyRequest?.publicKey?.content ?? Buffer.from(asked.publicKey?.content, 'base64').toString();
  return {
    publicKey: Buffer.from(content.replace(/-----[A-Z ]+-----/g, ''), 'base64'),
    token: asked.credentials?.oidcIdentityToken ?? bearer,
  };
}

interface Entry {
  readonly kind: string;
  readonly apiVersion: string;
  readonly spec: {
    readonly proposedContent?: { readonly envelope: string; readonly verifiers: readonly string[] };
  };
}

/** What Rekor keeps of a DSSE envelope: its hashes and signatures, but not the envelope itself (Rekor, dsse 0.0.1). */
function canonicalEntry(entry: Entry): object {
  const { kind, apiVersion, spec } = entry;
  if (kind !== 'dsse' || spec.proposedContent === undefined) return entry;
  const { envelope, verifiers } = spec.proposedContent;
  const { payload, signatures } = JSON.parse(envelope);
  const hash = (bytes: Buffer) => ({ algorithm: 'sha256', value: sha256Of(bytes).toString('hex') });
  return {
    kind,
    apiVersion,
    spec: {
      envelopeHash: hash(Buffer.from(envelope)),
      payloadHash: hash(Buffer.from(payload, 'base64')),
      signatures: signatures.map(({ sig }: { sig: string }, index: number) => ({
        signature: sig,
        verifier: verifiers[index],
      })),
    },
  };
}

export function pemOf(der: Buffer, label = 'CERTIFICATE'): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
