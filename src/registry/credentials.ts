/** What a registry knows us by. Never logged, never written. */
export type Credentials =
  | { readonly username: string; readonly password: string }
  /** Traded for access tokens at the token service (OAuth 2 refresh token). */
  | { readonly identityToken: string };

/** `Authorization` for basic authentication (RFC 7617). */
export function basicAuth(credentials: Extract<Credentials, { username: string }>): string {
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
}

/** What of them must not be shown, as it is and as it travels. */
export function secretsIn(credentials: Credentials): readonly string[] {
  if ('identityToken' in credentials) return [credentials.identityToken];
  return [credentials.password, basicAuth(credentials).replace('Basic ', '')];
}
