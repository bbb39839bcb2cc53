/**
 * The service worker: keeps the files of the desk and the screens on the device, so that they open without network.
 *
 * Never touches what the service answers: figures are kept by the pages themselves, which say how old they are. The build writes
 * the list of files in (`vite.config.ts`); another list is another cache.
 */
declare const SHELL: { version: string; files: string[] };

interface Waits extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetches extends Waits {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Scope {
  addEventListener(type: 'install' | 'activate', then: (event: Waits) => void): void;
  addEventListener(type: 'fetch', then: (event: Fetches) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
}

const scope = self as unknown as Scope;
const CACHE = `nobel21-shell-${SHELL.version}`;
/** A network that is there but does not carry anything must not keep the desk waiting. */
const PATIENCE = 4000;

scope.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(SHELL.files))
      .then(() => scope.skipWaiting()),
  );
});

scope.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith('nobel21-shell-') && name !== CACHE).map((name) => caches.delete(name))))
      .then(() => scope.clients.claim()),
  );
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (request.mode === 'navigate') {
    if (!/^\/(api|docs|e|har|metrics|healthz|readyz|assets)(\/|$)/.test(url.pathname)) event.respondWith(page(request));
  } else if (url.pathname.startsWith('/assets/')) event.respondWith(named(request));
  else if (SHELL.files.includes(url.pathname)) event.respondWith(fresh(request, url.pathname));
});

/** The page itself: as the network has it, otherwise as it was kept. */
const page = (request: Request) => fresh(request, '/');

async function fresh(request: Request, path: string): Promise<Response> {
  const kept = await (await caches.open(CACHE)).match(path);
  if (!kept) return fetch(request);
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE));
  try {
    const answer = await Promise.race([fetch(request), late]);
    // A gateway without a service behind it answers with 5xx.
    return answer && answer.status < 500 ? answer : kept;
  } catch {
    return kept;
  }
}

/** Named by its content: what is kept is right. */
async function named(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}
