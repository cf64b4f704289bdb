import type { InspectedContainer } from './inspected.ts';
import { bracketed, publishedAddress, publishedPorts } from './published-ports.ts';

/** What is known of how a container is spoken to. */
export interface Speech {
  /** Where ports are reached that are published on every address. */
  readonly engineAddress: string;
  /** The port of the container on which an HTTP question was answered. */
  readonly httpPort: number | undefined;
  /** The path that its user says people ask for. */
  readonly urlPath: string | undefined;
}

/**
 * Where a running container is reached from this machine: `http://127.0.0.1:8080/mcp` where HTTP was answered or its user
 * says so, `127.0.0.1:5432` or `127.0.0.1:53/udp` where no more is known than that the port is published.
 */
export function serviceAddresses(
  container: InspectedContainer,
  { engineAddress, httpPort, urlPath }: Speech,
): readonly string[] {
  const ports = publishedPorts(container);
  const answered = `${httpPort}/tcp`;
  const [first] = ports.filter(port => port.endsWith('/tcp'));
  const web = ports.includes(answered) ? answered : urlPath === undefined ? undefined : first;
  const published = ports.flatMap(port => {
    const address = publishedAddress(container, port, engineAddress);
    if (address === undefined) return [];
    if (port === web) return [`http://${address}${urlPath ?? ''}`];
    return [port.endsWith('/tcp') ? address : `${address}/${port.replace(/^.*\//, '')}`];
  });
  const isHosts = container.HostConfig.NetworkMode === 'host' && httpPort !== undefined;
  const own = isHosts ? [`http://${bracketed(engineAddress)}:${httpPort}${urlPath ?? ''}`] : [];
  return [...new Set([...own, ...published])].toSorted((a, b) => rank(a) - rank(b));
}

/** What a person can open comes first. */
function rank(address: string): number {
  return address.startsWith('http:') ? 0 : 1;
}
