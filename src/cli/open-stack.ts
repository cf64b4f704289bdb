import { type Compose, openCompose } from './compose.ts';
import { type GlobalOptions, openSession, type Session } from './session.ts';

/** Where, how and to whom, and compose for the stack there. @throws ComposeError */
export async function openStack(options: GlobalOptions): Promise<Session & { readonly compose: Compose }> {
  const session = await openSession(options);
  const { home, output } = session;
  const compose = await openCompose({
    folder: home.path,
    quiet: output.json,
    colorful: options.color && !process.env['NO_COLOR'],
    environment: process.env,
  });
  return { ...session, compose };
}
