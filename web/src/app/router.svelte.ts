/** Where one is, on the History API: the address holds room, day, view and filter, so that back, reload and a shared link work. */
import { withQuery } from './match';

class Router {
  path = $state(location.pathname);
  search = $state(location.search);
  readonly query = $derived(new URLSearchParams(this.search));
  /** Where the page was scrolled to when it was left; the page is put there again on the way back. */
  scroll = 0;
  /** Counts what should move the focus to the page's heading: another page, not another filter. */
  visits = $state(0);

  constructor() {
    history.scrollRestoration = 'manual';
    window.addEventListener('popstate', () => this.#arrive((history.state as { scroll?: number } | null)?.scroll ?? 0));
    window.addEventListener('click', (event) => this.#follow(event));
    window.addEventListener('pagehide', () => this.#remember());
    this.scroll = (history.state as { scroll?: number } | null)?.scroll ?? 0;
  }

  go(to: string, how: { replace?: boolean } = {}): void {
    this.#remember();
    if (how.replace) history.replaceState(null, '', to);
    else history.pushState(null, '', to);
    this.#arrive(0);
  }

  /** The address with other filters, for links. */
  link(changes: Record<string, string | null | undefined>): string {
    return withQuery(this.path, this.search, changes);
  }

  /** Other filters on the same page; leaves scroll and focus alone. */
  filter(changes: Record<string, string | null | undefined>, how: { replace?: boolean } = { replace: true }): void {
    const to = this.link(changes);
    if (how.replace) history.replaceState(history.state, '', to);
    else history.pushState(null, '', to);
    this.search = location.search;
  }

  #arrive(scroll: number): void {
    const elsewhere = location.pathname !== this.path;
    this.path = location.pathname;
    this.search = location.search;
    if (!elsewhere) return;
    this.scroll = scroll;
    this.visits += 1;
  }

  #remember(): void {
    history.replaceState({ ...(history.state as object | null), scroll: window.scrollY }, '');
  }

  /** Makes plain links of our own pages move without a reload; all others stay the browser's. */
  #follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
    if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute('download')) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || /^\/(api|docs|e|metrics|healthz|readyz)(\/|$)/.test(url.pathname)) return;
    if (url.hash && url.pathname === location.pathname && url.search === location.search) return;
    event.preventDefault();
    if (url.href !== location.href) this.go(url.pathname + url.search + url.hash);
  }
}

export const router = new Router();
