import { cleanText } from '../base/clean-text.ts';
import { type HttpClient, HttpFault } from '../base/http.ts';
import type { InspectedContainer } from '../container/inspected.ts';
import { bracketed, publishedAddress } from '../container/published-ports.ts';
import type { Probe } from '../plan/health-demand.ts';

/** What `/health` answered, or why it did not, in words for a log line. */
export interface ProbeAnswer {
  readonly ok: boolean;
  readonly says: string;
}

/** Until the last byte, in milliseconds. */
const PATIENCE = 5000;
/** A longer body is cut, not faulted: its first words are all that is shown of it. */
const LARGEST_BODY = 64 * 1024;

/**
 * Asks a container's `/health` once. Only where the container is: its published address, its own address, or
 * this machine. No redirect is followed, no credential sent, and the answer is bounded in bytes and time.
 *
 * @param engineAddress where published ports are reached
 */
export async function askProbe(
  http: HttpClient,
  probe: Probe,
  container: InspectedContainer,
  engineAddress: string,
): Promise<ProbeAnswer> {
  const url =
    probe.at === 'port'
      ? addressOf(probe.port, probe.path, container, engineAddress)
      : ownUrl(probe.url, container, engineAddress);
  if (url === undefined) return { ok: false, says: unreachableWords(probe) };
  const name = `GET ${url.pathname} on port ${url.port || (url.protocol === 'https:' ? 443 : 80)}`;
  try {
    const answer = await http.send({
      method: 'GET',
      url,
      timeout: PATIENCE,
      limit: LARGEST_BODY,
      longer: 'cut',
    });
    if (answer.status >= 200 && answer.status < 300)
      return { ok: true, says: `${name} answered HTTP ${answer.status}` };
    const body = cleanText(answer.body.toString(), 80);
    return { ok: false, says: `${name} answered HTTP ${answer.status}${body === '' ? '' : `: ${body}`}` };
  } catch (error) {
    if (!(error instanceof HttpFault)) throw error;
    return { ok: false, says: `${name} failed: ${error.message.replace(/\.$/, '')}` };
  }
}

function addressOf(
  port: number,
  path: string,
  container: InspectedContainer,
  engineAddress: string,
): URL | undefined {
  const base =
    container.HostConfig.NetworkMode === 'host'
      ? `${bracketed(engineAddress)}:${port}`
      : publishedOrOwn(port, container, engineAddress);
  // Put together as text: `//elsewhere/` is a path here, but taken relative to an address it would be a host.
  return base === undefined ? undefined : new URL(`http://${base}${path}`);
}

function publishedOrOwn(
  port: number,
  container: InspectedContainer,
  engineAddress: string,
): string | undefined {
  const published = publishedAddress(container, `${port}/tcp`, engineAddress);
  if (published !== undefined) return published;
  const [own] = ownAddresses(container);
  return own === undefined ? undefined : `${bracketed(own)}:${port}`;
}

/** A full address counts only if it leads to this machine or to the container. */
function ownUrl(text: string, container: InspectedContainer, engineAddress: string): URL | undefined {
  const url = new URL(text);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const published = Object.values(container.NetworkSettings.Ports ?? {}).flatMap(bindings => bindings ?? []);
  const allowed = new Set([
    '127.0.0.1',
    '::1',
    'localhost',
    engineAddress,
    ...ownAddresses(container),
    ...published.map(({ HostIp }) => HostIp),
  ]);
  return allowed.has(host) ? url : undefined;
}

function ownAddresses(container: InspectedContainer): string[] {
  return Object.values(container.NetworkSettings.Networks ?? {}).flatMap(({ IPAddress }) =>
    IPAddress ? [IPAddress] : [],
  );
}

function unreachableWords(probe: Probe): string {
  return probe.at === 'port'
    ? `port ${probe.port} is neither published nor on a network of the container's own`
    : `${new URL(probe.url).host} is neither this machine nor the container, so it is not asked`;
}
