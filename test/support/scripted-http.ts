import { type HttpAnswer, type HttpClient, HttpFault, type HttpRequest } from '../../src/base/http.ts';

/** An answer in short. */
export interface ShortAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export function httpAnswer({ status, headers = {}, body = '' }: ShortAnswer): HttpAnswer {
  return { status, header: name => headers[name], body: Buffer.from(body) };
}

/** An HTTP client whose answers are decided by a function; it remembers what it was asked. */
export function scriptedHttp(
  answer: (request: HttpRequest, index: number) => ShortAnswer | HttpFault,
): HttpClient & { readonly asked: HttpRequest[] } {
  const asked: HttpRequest[] = [];
  return {
    asked,
    send: async request => {
      const found = answer(request, asked.push(request) - 1);
      if (found instanceof HttpFault) throw found;
      return httpAnswer(found);
    },
    close: async () => undefined,
  };
}
