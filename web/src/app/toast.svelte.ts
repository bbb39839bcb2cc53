/**
 * Short messages at the edge of the page, some with an undo.
 *
 * An undo that takes back what has not been sent yet (`onExpire` sends it) is the honest one: nobody gets a letter about something
 * that did not happen. When the page is left, what waits is sent at once.
 */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly kind: 'done' | 'problem';
  readonly undo: (() => void) | undefined;
  readonly onExpire: (() => void) | undefined;
  /** Milliseconds it stays; paused while it is pointed at or focused. */
  readonly stays: number;
}

export const UNDO_TIME = 10_000;

class Toasts {
  list = $state.raw<Toast[]>([]);
  #next = 0;

  constructor() {
    window.addEventListener('pagehide', () => this.flush());
  }

  /** Sends at once what waits to be undone. */
  flush(): void {
    for (const toast of this.list) this.expire(toast);
  }

  done(text: string): void {
    this.#show({ text, kind: 'done', stays: 6000 });
  }

  problem(text: string): void {
    this.#show({ text, kind: 'problem', stays: 12_000 });
  }

  /** Says what happened and offers to take it back for ten seconds. */
  undoable(text: string, act: { undo: () => void; onExpire?: () => void }): void {
    this.#show({ text, kind: 'done', stays: UNDO_TIME, ...act });
  }

  /** Its time is over or it was closed: what waited for it goes out. */
  expire(toast: Toast): void {
    if (this.#remove(toast)) toast.onExpire?.();
  }

  takeBack(toast: Toast): void {
    if (this.#remove(toast)) toast.undo?.();
  }

  #show(toast: Omit<Toast, 'id' | 'undo' | 'onExpire'> & Partial<Pick<Toast, 'undo' | 'onExpire'>>): void {
    this.#next += 1;
    this.list = [...this.list, { undo: undefined, onExpire: undefined, ...toast, id: this.#next }];
  }

  #remove(toast: Toast): boolean {
    const rest = this.list.filter((one) => one.id !== toast.id);
    const was = rest.length < this.list.length;
    this.list = rest;
    return was;
  }
}

export const toasts = new Toasts();
