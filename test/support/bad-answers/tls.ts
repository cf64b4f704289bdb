import { makeCertificate } from '../certificate.ts';
import type { BadAnswer } from './bad-answer.ts';

const NOT_TRUSTED = /certificate of HOST/;

/** TLS that must not be trusted; an engine does not mind on loopback. Nothing is said without TLS instead. */
export const TLS: readonly BadAnswer[] = [
  {
    name: 'a certificate that has run out',
    code: 'unreachable',
    says: /certificate of HOST.*(CERT_HAS_EXPIRED|expired|ran out)/,
    tls: { ...makeCertificate({ until: '20010101000000Z' }), trusted: true },
    isFineForEngine: true,
    isDown: true,
  },
  {
    name: 'a certificate that is not valid yet',
    code: 'unreachable',
    says: NOT_TRUSTED,
    tls: { ...makeCertificate({ from: '99980101000000Z' }), trusted: true },
    isFineForEngine: true,
    isDown: true,
  },
  {
    name: 'a certificate for another name',
    code: 'unreachable',
    says: NOT_TRUSTED,
    tls: { ...makeCertificate({ address: '192.0.2.1' }), trusted: true },
    isFineForEngine: true,
    isDown: true,
  },
  {
    name: 'a certificate signed by itself',
    code: 'unreachable',
    says: NOT_TRUSTED,
    tls: makeCertificate(),
    isFineForEngine: true,
    isDown: true,
  },
  {
    name: 'a certificate of an unknown authority',
    code: 'unreachable',
    says: NOT_TRUSTED,
    tls: makeCertificate({ issuer: 'Nobody' }),
    isFineForEngine: true,
    isDown: true,
  },
  {
    name: 'TLS 1.1',
    code: 'unreachable',
    says: /^HOST speaks no TLS that is safe enough/,
    tls: { ...makeCertificate(), trusted: true, version: 'TLSv1.1' },
    isFineForEngine: true,
    isDown: true,
  },
  {
    name: 'a greeting that is never answered',
    code: 'unreachable',
    says: /^HOST did not answer/,
    greeting: () => undefined,
    isDown: true,
    isSlow: true,
  },
  {
    name: 'a connection that is closed at once',
    code: 'unreachable',
    says: /^HOST (broke off|refuses|cannot be talked to)/,
    greeting: socket => socket.destroy(),
    isDown: true,
  },
  {
    name: 'a connection that is reset at once',
    code: 'unreachable',
    says: /^HOST (broke off|refuses|cannot be talked to)/,
    greeting: socket => socket.resetAndDestroy(),
    isDown: true,
  },
  {
    name: 'no server at all',
    code: 'unreachable',
    says: /^HOST refuses connections\./,
    gone: true,
    isDown: true,
  },
  {
    // A label of more than 63 letters is in no DNS, so no server is asked for it.
    name: 'a host name that does not exist',
    code: 'unreachable',
    says: /^The host name of HOST cannot be resolved\./,
    nobodyAt: `${'x'.repeat(64)}.test`,
    isDown: true,
  },
];
