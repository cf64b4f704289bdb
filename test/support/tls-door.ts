import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { Certificate } from './certificate.ts';

/** An engine's socket behind TCP and TLS, as `dockerd --tlsverify` listens: only to whoever has that certificate. */
export interface TlsDoor {
  readonly port: number;
  close(): Promise<void>;
}

export async function openTlsDoor(socket: string, own: Certificate, client: Certificate): Promise<TlsDoor> {
  const open = new Set<Socket>();
  const server = createServer(
    { ...own, ca: client.cert, requestCert: true, rejectUnauthorized: true },
    asking => {
      const engine = connect(socket);
      for (const [from, to] of [
        [asking, engine],
        [engine, asking],
      ] as const) {
        open.add(from);
        from.pipe(to);
        from.on('error', () => undefined);
        from.once('close', () => {
          open.delete(from);
          to.destroy();
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
