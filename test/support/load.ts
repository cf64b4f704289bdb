import { get } from 'node:http';

/** A stream of requests by clients that know nothing of one another. */
export interface Load {
  /** How many were sent so far. */
  asked(): number;
  /** Ends it. @returns why requests got no good answer, once all of them are over */
  stop(): Promise<readonly string[]>;
}

/** How often is asked, and how long each is waited for, in milliseconds. */
const EVERY = 5;
const PATIENCE = 20_000;
/** No more wait at a time: on a busy machine they would be its load, and not that of the service. */
const MOST_OPEN = 16;

/** Asks an address every few milliseconds, each time with a connection of its own, whatever became of the one before. */
export function startLoad(url: string): Load {
  const lost: string[] = [];
  const open = new Set<Promise<void>>();
  let asked = 0;
  const timer = setInterval(() => {
    if (open.size >= MOST_OPEN) return;
    asked += 1;
    const one = ask(url).then(problem => {
      open.delete(one);
      if (problem !== undefined) lost.push(problem);
    });
    open.add(one);
  }, EVERY);
  return {
    asked: () => asked,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(open);
      return lost;
    },
  };
}

/** @returns what went wrong; undefined for a good answer, read to its end */
function ask(url: string): Promise<string | undefined> {
  return new Promise(resolve => {
    const request = get(url, { agent: false, timeout: PATIENCE }, response => {
      let body = '';
      response.setEncoding('utf8').on('data', chunk => {
        body += chunk;
      });
      response.on('error', error => resolve(String(error)));
      response.on('end', () =>
        resolve(response.statusCode === 200 ? undefined : `HTTP ${response.statusCode} ${body}`),
      );
    });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', error => resolve(String(error)));
  });
}
