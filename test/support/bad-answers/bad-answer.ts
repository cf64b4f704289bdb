import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { RegistryErrorCode } from '../../../src/registry/registry-error.ts';
import type { Certificate } from '../certificate.ts';
import type { BuiltImage } from '../image.ts';

/** Where a bad answer is given. */
export interface Place {
  /** Host and port of the registry. */
  readonly host: string;
  /** Host and port of somebody else, who must never be asked. */
  readonly elsewhere: string;
  /** The image that the repository holds. */
  readonly image: BuiltImage;
}

/** Answers a request, or leaves it to the registry by returning false. */
export type Answer = (request: IncomingMessage, response: ServerResponse, place: Place) => unknown;

/** Answers a request as it came, on the bare connection. */
export type BareAnswer = (request: string, socket: Socket, place: Place) => unknown;

/** How an answer is given. */
export type Manner =
  | { readonly http: Answer }
  | { readonly bare: BareAnswer }
  /** As somebody with this certificate, or with an old version of TLS, or not even through the greeting. */
  | { readonly tls: Certificate & { readonly trusted?: boolean; readonly version?: 'TLSv1.1' } }
  | { readonly greeting: (socket: Socket) => unknown }
  /** Not any more: nobody listens. */
  | { readonly gone: true }
  /** There is no such host. */
  | { readonly nobodyAt: string };

/** An answer, and what has to come of it. */
export type BadAnswer = Manner & {
  readonly name: string;
  readonly code: RegistryErrorCode;
  /** What the sentence says; the registry is called HOST in it. */
  readonly says: RegExp;
  /** Whether nothing else at this registry can be had either. */
  readonly isDown?: boolean;
  /** Whether it takes as long as the client's patience. */
  readonly isSlow?: boolean;
  /** Whether an engine gets what it needs all the same, and so answers in our place. */
  readonly isFineForEngine?: boolean;
  /** Whether Docker has a login for this registry. */
  readonly login?: boolean;
};

/** An answer that is odd, and must do all the same. */
export type OddAnswer = Extract<Manner, { http: Answer } | { bare: BareAnswer }> & {
  readonly name: string;
};
