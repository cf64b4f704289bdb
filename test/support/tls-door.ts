import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { Certificate } from './certificate.ts';

/** A server behind TCP and TLS. */
export interface TlsDoor {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * @param to the path of a socket, or a port on this machine
 * @param client whoever has that certificate is let in and nobody else, as by `dockerd --tlsverify`; everybody, if left out
 */
export async function openTlsDoor(
  to: string | number,
  own: Certificate,
  client?: Certificate,
): Promise<TlsDoor> {
  const open = new Set<Socket>();
  const server = createServer(
    { ...own, ...(client && { ca: client.cert, requestCert: true, rejectUnauthorized: true }) },
    asking => {
      const asked = typeof to === 'string' ? connect(to) : connect(to, '127.0.0.1');
      for (const [one, other] of [
        [asking, asked],
        [asked, asking],
      ] as const) {
        open.add(one);
        one.pipe(other);
        one.on('error', () => undefined);
        one.once('close', () => {
          open.delete(one);
          other.destroy();
        });
      }
    },
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const each of open) each.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
