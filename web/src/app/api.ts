/** The one way to the service: typed by the contract, signed in, in the reader's language. */
import createClient from 'openapi-fetch';
import type { paths } from '../api/schema';
import { i18n } from './i18n.svelte';
import { Problem } from './problem';
import { standby } from './standby.svelte';
import { renew, token } from './token';

async function heard(request: Request): Promise<Response> {
  const response = await authorised(request);
  standby.heard(response);
  return response;
}

async function authorised(request: Request): Promise<Response> {
  const headers = request.headers;
  headers.set('Accept-Language', i18n.language);
  const mine = await token();
  if (!mine) return fetch(request);
  const again = request.clone();
  headers.set('Authorization', `Bearer ${mine}`);
  const response = await fetch(request);
  if (response.status !== 401) return response;
  const next = await renew();
  if (!next) return response;
  again.headers.set('Authorization', `Bearer ${next}`);
  return fetch(again);
}

export const api = createClient<paths>({
  baseUrl: '/api/v1',
  fetch: heard,
  querySerializer: { array: { style: 'form', explode: true } },
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of the answer, or a `Problem`. */
export async function ask<T>(call: Promise<Answer<T>>): Promise<T> {
  return (await askTagged(call)).value;
}

/** The same with the version tag, for what carries none in its body, and how old it is if it comes from a standby. */
export async function askTagged<T>(call: Promise<Answer<T>>): Promise<{ value: T; tag: string; asOf: string | null }> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw Problem.offline();
  }
  if (!answer.response.ok) throw Problem.from(answer.error, answer.response.status);
  const { headers } = answer.response;
  return { value: answer.data as T, tag: headers.get('ETag') ?? '*', asOf: headers.get('Nobel21-As-Of') };
}

/** What `If-Match` says about a resource with a version. */
export const tagOf = (resource: { version: number }) => `"${resource.version}"`;

/** A key under which one creation may be sent again. `randomUUID` would need https. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
