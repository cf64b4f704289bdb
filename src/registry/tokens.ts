import type { Clock } from '../base/clock.ts';
import type { HttpClient } from '../base/http.ts';
import type { Secrets } from '../base/secrets.ts';
import type { Pace } from './pace.ts';
import { RegistryError } from './registry-error.ts';
import { fetchToken, type Token, type TokenRequest } from './token.ts';

export interface TokensOptions {
  readonly client: HttpClient;
  readonly clock: Clock;
  /** Gets to know every token. */
  readonly secrets: Secrets;
  readonly pace: Pace;
}

/** The tokens for one registry: one for each scope, for as long as it lives. */
export interface Tokens {
  /**
   * A token that lives, and another than the one that was refused; that there is none is remembered as well.
   * @throws RegistryError
   */
  tokenFor(request: Omit<TokenRequest, 'clock' | 'pace'>, refused: string | undefined): Promise<string>;
}

export function openTokens({ client, clock, secrets, pace }: TokensOptions): Tokens {
  const tokens = new Map<string, Promise<Token>>();
  /** Why the service is not asked any more: what cannot be reached is waited for once. */
  let lost: RegistryError | undefined;

  const fetchNew = async (request: Parameters<Tokens['tokenFor']>[0]): Promise<Token> => {
    if (lost !== undefined) throw lost;
    try {
      const token = await fetchToken(client, { ...request, clock, pace });
      secrets.learn([token.value]);
      return token;
    } catch (error) {
      if (error instanceof RegistryError && error.code === 'unreachable') lost = error;
      throw error;
    }
  };
  return {
    tokenFor: async (request, refused) => {
      const { scope } = request;
      const kept = tokens.get(scope);
      const token = await kept;
      if (token !== undefined && token.value !== refused && clock.elapsed() < token.until) return token.value;
      // Others may have found the same meanwhile: then theirs is the new one.
      if (tokens.get(scope) === kept) tokens.set(scope, fetchNew(request));
      return (await tokens.get(scope))?.value ?? '';
    },
  };
}
