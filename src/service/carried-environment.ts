/** What of the environment a service is given too: it starts with none of the user's. */
const CARRIED = [
  'DOCKER_HOST',
  'DOCKER_CONFIG',
  'DOCKER_CERT_PATH',
  'DOCKER_TLS_VERIFY',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'NO_PROXY',
  'https_proxy',
  'http_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'NODE_EXTRA_CA_CERTS',
];

/** The variables that a service is given, and those that it is not given although they are set. */
export interface CarriedEnvironment {
  readonly variables: readonly (readonly [name: string, value: string])[];
  /** Names of those that hold a password: everybody can read what a service is started with. */
  readonly secret: readonly string[];
  /** Names of our settings: they belong into the home's file. */
  readonly settings: readonly string[];
}

export function carryEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): CarriedEnvironment {
  const given = CARRIED.flatMap(name => (environment[name] ? [[name, environment[name]] as const] : []));
  const settings = Object.keys(environment).filter(
    name => name.startsWith('REFRESHD_') && name !== 'REFRESHD_HOME',
  );
  return {
    variables: given.filter(([, value]) => !holdsPassword(value)),
    secret: given.filter(([, value]) => holdsPassword(value)).map(([name]) => name),
    settings,
  };
}

/** Whether an address has a user name or a password in it, with or without a scheme. */
function holdsPassword(value: string): boolean {
  return /^([a-z][a-z0-9+.-]*:\/\/)?[^/\s]*:[^/\s]*@/i.test(value);
}
