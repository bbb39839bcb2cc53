/**
 * The access token: in memory only, renewed by the HttpOnly cookie that no script can read.
 *
 * A refresh token used twice ends the session for good, so that renewals must never overlap: not in this tab (one promise), not
 * in two tabs (a lock), and not with a reload in between (`keepalive` lets the browser take the new cookie all the same, and the next
 * page waits for it).
 */
import type { Token } from '../api/types';
import { keep, kept } from './kept';

let current: { text: string; until: number } | null = null;
let renewing: Promise<string | null> | null = null;
let ended: () => void = () => undefined;

/** Renewed this long before it would expire, so that no request leaves with one that dies on the way. */
const MARGIN = 30_000;

export function onSessionEnd(then: () => void): void {
  ended = then;
}

export function hold(token: Token): void {
  current = { text: token.access_token, until: Date.now() + token.expires_in * 1000 };
  keep('signed-in', '1');
}

export function drop(): void {
  current = null;
  keep('signed-in', null);
}

/** Has somebody signed in on this device? Spares strangers a request that can only fail. */
export function mayHaveSession(): boolean {
  return current !== null || kept('signed-in') === '1';
}

/** A token good for a while, or null if nobody is signed in. Throws if the network is gone. */
export async function token(): Promise<string | null> {
  if (current && current.until - MARGIN > Date.now()) return current.text;
  return mayHaveSession() ? renew() : null;
}

/** A new token, or null if the session is over. */
export function renew(): Promise<string | null> {
  renewing ??= locked(ask).finally(() => {
    renewing = null;
  });
  return renewing;
}

/** A page that is left while it renews leaves its answer to the browser: so long the next page gives it to arrive. */
const ARRIVES = 1500;

/** The lock is ours, so whoever is still renewing is a page that is gone. */
async function arrived(): Promise<void> {
  const since = Date.now() - Number(kept('refreshing') ?? 0);
  if (since >= 0 && since < ARRIVES) await new Promise((resolve) => setTimeout(resolve, ARRIVES - since));
}

async function renewed(): Promise<Response> {
  await arrived();
  keep('refreshing', String(Date.now()));
  const response = await fetch('/api/v1/auth/refresh', { method: 'POST', keepalive: true });
  // Not where it failed: that may be this page being left.
  keep('refreshing', null);
  return response;
}

async function ask(): Promise<string | null> {
  const response = await renewed();
  if (response.ok) {
    const token = (await response.json()) as Token;
    hold(token);
    return token.access_token;
  }
  if (response.status === 401) {
    drop();
    ended();
    return null;
  }
  throw new TypeError(`refresh answered ${response.status}`);
}

async function locked<T>(work: () => Promise<T>): Promise<T> {
  // Without https there is no lock manager; then tabs must be lucky.
  return 'locks' in navigator ? await navigator.locks.request('nobel21.refresh', work) : work();
}
