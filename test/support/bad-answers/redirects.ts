import { always, first } from './answers.ts';
import type { BadAnswer, Place } from './bad-answer.ts';

const REFUSED =
  /^HOST gave no usable answer for HOST\/bad\/app:latest: it (redirects to \S{1,80} \(HTTP 30\d\), and redirects are not followed|answered HTTP 30\d)\./;
const PATH = '/v2/bad/app/manifests/latest';

const redirect = (name: string, to: (place: Place) => string | undefined, status = 307): BadAnswer => ({
  name: `a redirect ${name}`,
  code: 'garbage',
  says: REFUSED,
  login: true,
  http: (request, response, place) => {
    const location = to(place);
    return always(status, location === undefined ? {} : { location })(request, response, place);
  },
});

/** Redirects that lead where nobody should go. */
export const REDIRECTS: readonly BadAnswer[] = [
  ...[301, 302, 303, 307, 308].map(status =>
    redirect(`to somebody else (${status})`, ({ elsewhere }) => `http://${elsewhere}${PATH}`, status),
  ),
  redirect('in a circle', ({ host }) => `http://${host}${PATH}`),
  redirect('in a circle, with no host', () => PATH),
  redirect('to somebody else, with no protocol', ({ elsewhere }) => `//${elsewhere}${PATH}`),
  redirect('to somebody else behind our name', ({ host, elsewhere }) => `http://${host}@${elsewhere}${PATH}`),
  {
    ...redirect('to somebody else with TLS who has none', ({ elsewhere }) => `https://${elsewhere}${PATH}`),
    code: 'redirected',
    says: /^HOST leaves HOST\/bad\/app:latest to \S{1,80} \(HTTP 307\)\./,
  },
  redirect('to a file', () => 'file:///etc/passwd'),
  redirect('to a socket', () => 'unix:/var/run/docker.sock'),
  redirect('to a script', () => 'javascript:alert(1)'),
  redirect('to the cloud’s own address', () => 'http://169.254.169.254/latest/meta-data/'),
  redirect('to nowhere', () => undefined),
  redirect('to nothing', () => ''),
  redirect('to what is no address', () => 'http://[::1'),
  redirect('to an address of ten thousand characters', () => `/${'x'.repeat(10_000)}`),
  redirect('among several', () => undefined, 300),
  redirect('by a proxy that must be used', ({ elsewhere }) => `http://${elsewhere}/`, 305),
  {
    name: 'a redirect of GET alone',
    code: 'garbage',
    says: REFUSED,
    http: first(
      () => false,
      (request, response, place) =>
        always(302, { location: `http://${place.elsewhere}${PATH}` })(request, response, place),
    ),
  },
];
