/** The HTTP API beside the browser: to arrange what a test needs, and to compare what the page says with what is so. */
import type { components } from '../../../web/src/api/schema';

export type Schemas = components['schemas'];
export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export class Client {
  private constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  static async signIn(url: string, email: string, password: string): Promise<Client> {
    const answer = await fetch(`${url}/api/v1/auth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
    if (!answer.ok) throw new Error(`${email} may not come in: ${answer.status}`);
    return new Client(url, ((await answer.json()) as Schemas['Token']).access_token);
  }

  async get<T>(path: string, query: Record<string, string | number> = {}): Promise<T> {
    const asked = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
    return this.#send<T>(`${path}?${asked.toString()}`, {});
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    return this.#send<T>(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  }

  /** With the version that is being changed, as every change needs it. */
  async patch<T>(path: string, version: number, body: unknown): Promise<T> {
    const headers = { 'content-type': 'application/json', 'if-match': `"${version}"` };
    return this.#send<T>(path, { method: 'PATCH', headers, body: JSON.stringify(body) });
  }

  /** Every row of a list, however many pages it has. */
  async all<T>(path: string, query: Record<string, string | number> = {}): Promise<T[]> {
    const items: T[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Page<T> = await this.get(path, { limit: 200, ...query, ...(cursor ? { cursor } : {}) });
      items.push(...page.items);
      cursor = page.next_cursor;
    }
    return items;
  }

  async #send<T>(path: string, request: RequestInit & { headers?: Record<string, string> }): Promise<T> {
    const headers = { ...request.headers, authorization: `Bearer ${this.token}` };
    const answer = await fetch(`${this.url}/api/v1${path}`, { ...request, headers });
    if (!answer.ok) throw new Error(`${request.method ?? 'GET'} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}
