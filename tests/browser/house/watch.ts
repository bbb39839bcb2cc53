/** Watches a browser for what must never happen on any page, and fails the test that it happens in. */
import type { BrowserContext, Request } from '@playwright/test';

export class Watch {
  readonly faults: string[] = [];
  readonly #awaited: { status: number; path: RegExp; seen: boolean }[] = [];
  readonly #also = new Set<string>();
  #offline = false;
  #wasGone = false;
  /** Begun while the network was gone: that one is lost may be told only when it is back. */
  readonly #lost = new WeakSet<Request>();

  constructor(
    context: BrowserContext,
    readonly origin: () => string,
  ) {
    // Script of the test itself, which no policy holds back.
    void context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`content security policy: ${event.violatedDirective} forbids ${event.blockedURI}`);
      });
    });
    context.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      // Of answers and lost connections the listeners below know more.
      if (message.text().startsWith('Failed to load resource')) return;
      // The browser looks for a newer worker by itself, and is told so a while after the network is back.
      if (this.#wasGone && message.text().startsWith('An unknown error occurred when fetching the script')) return;
      this.faults.push(`console: ${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => this.faults.push(`uncaught: ${String(error.error().stack ?? error.error())}`));
    context.on('request', (request) => {
      if (this.#offline) this.#lost.add(request);
      const url = new URL(request.url());
      if (this.#also.has(url.origin)) return;
      if (url.origin !== this.origin() && !['data:', 'blob:', 'about:'].includes(url.protocol)) this.faults.push(`another host: ${request.url()}`);
    });
    context.on('requestfailed', (request) => {
      const why = request.failure()?.errorText ?? '';
      // Aborted: the page asked for something newer, or was left.
      if (why !== 'net::ERR_ABORTED' && !this.#offline && !this.#lost.has(request)) this.faults.push(`${request.method()} ${request.url()}: ${why}`);
    });
    context.on('response', (response) => {
      if (response.status() < 400) return;
      const path = new URL(response.url()).pathname;
      const awaited = this.#awaited.find((one) => one.status === response.status() && one.path.test(path));
      if (awaited) awaited.seen = true;
      else this.faults.push(`${response.request().method()} ${path} answered ${response.status()}`);
    });
  }

  /** This other host belongs to the test: somebody goes there of its own will. */
  also(origin: string): void {
    this.#also.add(origin);
  }

  /** This refusal belongs to the test; it must come. */
  expect(status: number, path: RegExp): void {
    this.#awaited.push({ status, path, seen: false });
  }

  /** The network is cut off: lost requests belong to the test. */
  async without(context: BrowserContext, work: () => Promise<void>): Promise<void> {
    await this.cut(context);
    await work();
    await this.mend(context);
  }

  /** Cut off until it is mended. */
  async cut(context: BrowserContext): Promise<void> {
    this.#offline = true;
    this.#wasGone = true;
    await context.setOffline(true);
  }

  async mend(context: BrowserContext): Promise<void> {
    await context.setOffline(false);
    this.#offline = false;
  }

  /** The service does not answer for a while: lost requests belong to the test. */
  async whileGone(work: () => Promise<void>): Promise<void> {
    this.#offline = true;
    this.#wasGone = true;
    await work();
    this.#offline = false;
  }

  all(): string[] {
    return [...this.faults, ...this.#awaited.filter((one) => !one.seen).map((one) => `${one.status} of ${one.path} never came`)];
  }
}
