import { openSecrets } from '../base/secrets.ts';
import { passwordIn } from '../container/secret-values.ts';

/** One process has one memory of what must not be shown: what is printed last, of a crash say, needs it too. */
export const knownSecrets = openSecrets();

/** Variables that hold addresses, and so may hold a password. */
const ADDRESSES = /^(docker_host|https?_proxy|all_proxy|ftp_proxy)$/i;

/** Learns the passwords in the addresses that the environment names. */
export function learnFromEnvironment(environment: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value = ''] of Object.entries(environment))
    if (ADDRESSES.test(name)) knownSecrets.learn(passwordIn(value));
}
