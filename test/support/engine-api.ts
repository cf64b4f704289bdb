import { request } from 'node:http';

/** An answer of the engine, as it came. */
export interface EngineAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what the engine says is looked at freely in tests
  readonly body: any;
}

/** Speaks to an engine without any code of ours in between: what tests look up is what is there. */
export type EngineApi = (
  method: string,
  path: string,
  body?: object,
  headers?: Readonly<Record<string, string>>,
) => Promise<EngineAnswer>;

export function engineApi(socketPath: string): EngineApi {
  return (method, path, body, more = {}) =>
    new Promise((resolve, reject) => {
      const payload = body === undefined ? undefined : JSON.stringify(body);
      const headers =
        payload === undefined
          ? more
          : { ...more, 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) };
      const ask = request({ socketPath, method, path, headers }, response => {
        const chunks: Buffer[] = [];
        response.on('data', chunk => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: parse(Buffer.concat(chunks).toString()) }),
        );
        response.on('error', reject);
      });
      ask.on('error', reject);
      ask.end(payload);
    });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
