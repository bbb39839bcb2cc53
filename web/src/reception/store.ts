/** Where the queue lies: IndexedDB, or memory where a browser forbids it. */
import type { Draft, Item, Store } from './queue';

const TABLE = 'counts';

function open(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE, { keyPath: 'seq', autoIncrement: true });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
  });
}

class Device implements Store {
  #database: IDBDatabase;

  constructor(database: IDBDatabase) {
    this.#database = database;
  }

  async all(): Promise<Item[]> {
    let items: Item[] = [];
    await this.#run('readonly', (table) => {
      const request = table.getAll();
      request.onsuccess = () => (items = request.result as Item[]);
    });
    return items;
  }

  async add(draft: Draft): Promise<Item> {
    let seq = 0;
    await this.#run('readwrite', (table) => {
      const request = table.add(draft);
      request.onsuccess = () => (seq = Number(request.result));
    });
    return { ...draft, seq };
  }

  async change(seq: number, to: (item: Item) => Item | null): Promise<Item | null> {
    let result: Item | null = null;
    await this.#run('readwrite', (table) => {
      const request = table.get(seq);
      request.onsuccess = () => {
        const item = request.result as Item | undefined;
        if (!item) return;
        result = to(item);
        if (result === null) table.delete(seq);
        else if (result !== item) table.put(result);
      };
    });
    return result;
  }

  /** One transaction; done when it is on the disk. */
  #run(mode: IDBTransactionMode, work: (table: IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction(TABLE, mode, { durability: 'strict' });
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB'));
      work(transaction.objectStore(TABLE));
    });
  }
}

/** Forgets with the page. */
export class Memory implements Store {
  #items = new Map<number, Item>();
  #last = 0;

  all(): Promise<Item[]> {
    return Promise.resolve([...this.#items.values()]);
  }

  add(draft: Draft): Promise<Item> {
    this.#last += 1;
    const item = { ...draft, seq: this.#last };
    this.#items.set(item.seq, item);
    return Promise.resolve(item);
  }

  change(seq: number, to: (item: Item) => Item | null): Promise<Item | null> {
    const item = this.#items.get(seq);
    if (!item) return Promise.resolve(null);
    const result = to(item);
    if (result === null) this.#items.delete(seq);
    else this.#items.set(seq, result);
    return Promise.resolve(result);
  }
}

/** `name` keeps the desk's counts apart from a kiosk's on the same device. */
export async function openStore(name = 'nobel21'): Promise<{ store: Store; keeps: boolean }> {
  try {
    return { store: new Device(await open(name)), keeps: true };
  } catch {
    return { store: new Memory(), keeps: false };
  }
}
