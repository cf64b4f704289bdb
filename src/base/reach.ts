import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { HttpFault } from './http-fault.ts';
import { kindOfAddress } from './networks.ts';

/** What kinds of address may be connected to: those of everybody, those inside our own networks as well, or any. */
export type Reach = 'public' | 'inside' | 'anywhere';

/** @throws HttpFault if one of a host's addresses is beyond reach */
export function leadsAstray(hostname: string, addresses: readonly string[], reach: Reach): void {
  const astray = addresses.find(address => !isWithin(address, reach));
  if (astray === undefined) return;
  throw new HttpFault('out-of-bounds', `${hostname} leads to ${astray}, which is not for everybody.`);
}

/**
 * Resolves names as usual, and refuses those that lead to where they must not. The connection is made to the very
 * addresses that were looked at: a name that is given another address a moment later gains nothing by it.
 */
export function lookupWithin(
  reach: Reach,
  resolve: LookupFunction = lookup as LookupFunction,
): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, options, (error, found, family) => {
      if (error) return done(error, found, family);
      try {
        leadsAstray(
          hostname,
          typeof found === 'string' ? [found] : found.map(({ address }) => address),
          reach,
        );
      } catch (fault) {
        return done(fault as Error, found, family);
      }
      return done(null, found, family);
    });
  };
}

function isWithin(address: string, reach: Reach): boolean {
  const kind = kindOfAddress(address);
  return reach === 'anywhere' || kind === 'public' || (kind === 'inside' && reach === 'inside');
}
