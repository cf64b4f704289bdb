/** What a registry knows us by. Never logged, never written. */
export type Credentials =
  | { readonly username: string; readonly password: string }
  /** Traded for access tokens at the token service (OAuth 2 refresh token). */
  | { readonly identityToken: string };
