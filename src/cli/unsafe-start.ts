/** Variables that make this process, or one that it starts, print requests or become another: they go at once. */
const REMOVED = ['DEBUG', 'NODE_OPTIONS'];

/** What Node was told that would show what is in this process to others, or make it less strict. */
const FLAGS: readonly { readonly when: RegExp; readonly does: string }[] = [
  { when: /^--inspect/, does: 'lets every user of this machine debug refreshd' },
  {
    when: /^--(heapsnapshot-|heap-prof|report-|experimental-report|abort-on-uncaught-exception)/,
    does: 'writes what refreshd holds in memory, passwords included, into a file',
  },
  { when: /^--(tls-keylog|trace-tls)/, does: 'writes down what TLS is there to hide' },
  { when: /^--(tls-min-v1\.[01]|insecure-http-parser)$/, does: 'lets refreshd take less care than it must' },
];

/**
 * Takes out of the environment what is dangerous and can still be taken back. NODE_DEBUG cannot: Node has read it
 * before the first line of ours.
 */
export function clearEnvironment(environment: NodeJS.ProcessEnv): void {
  for (const name of REMOVED) delete environment[name];
}

/** By that signal Node would let every user of this machine debug refreshd, as with --inspect. */
export function refuseDebugger(program: NodeJS.EventEmitter): void {
  program.on('SIGUSR1', () => undefined);
}

/**
 * Why this process must not go on, in one sentence; undefined if it may.
 * @param nodeArgs what Node was given before the program's name
 */
export function unsafeStart(
  environment: Readonly<NodeJS.ProcessEnv>,
  nodeArgs: readonly string[],
): string | undefined {
  if (environment['NODE_TLS_REJECT_UNAUTHORIZED'] === '0')
    return 'NODE_TLS_REJECT_UNAUTHORIZED=0 would let anybody on the way pass for a registry. Unset it; an authority of your own is named in NODE_EXTRA_CA_CERTS.';
  const printing = ['NODE_DEBUG', 'NODE_DEBUG_NATIVE'].find(name => environment[name]);
  if (printing !== undefined)
    return `${printing} makes Node print requests, passwords included, and cannot be taken back from inside. Unset it.`;
  const options = (environment['NODE_OPTIONS'] ?? '').split(/[\s"]+/);
  for (const given of [...nodeArgs, ...options]) {
    // Node takes --inspect_brk for --inspect-brk.
    const flag = (given.split('=')[0] ?? '').replaceAll('_', '-');
    const found = FLAGS.find(({ when }) => when.test(flag));
    if (found !== undefined) return `Node's option ${flag} ${found.does}. Leave it out.`;
  }
  return undefined;
}
