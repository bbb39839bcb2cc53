/** What is kept on this device: never a token, never a name. Storage may be forbidden or full; then nothing is kept. */
type Key = 'language' | 'theme' | 'organisation' | 'signed-in' | 'signed-out' | 'desk' | 'roll-call' | 'roll-calls' | 'kiosk' | 'refreshing';

const name = (key: Key) => `nobel21.${key}`;

export function kept(key: Key): string | null {
  try {
    return localStorage.getItem(name(key));
  } catch {
    return null;
  }
}

export function keep(key: Key, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(name(key));
    else localStorage.setItem(name(key), value);
  } catch {
    // See above.
  }
}

/** Calls back when another tab changes what is kept under `key`. */
export function onKeptElsewhere(key: Key, then: (value: string | null) => void): void {
  window.addEventListener('storage', (event) => {
    if (event.key === name(key)) then(event.newValue);
  });
}

/** Drafts of forms: they outlive a reload and a lost session, neither the tab nor signing out. `draft.svelte.ts` is what forms use. */
export const draft = {
  read<T>(form: string): T | null {
    try {
      const text = sessionStorage.getItem(`nobel21.draft.${form}`);
      return text === null ? null : (JSON.parse(text) as T);
    } catch {
      return null;
    }
  },
  write(form: string, value: unknown): void {
    try {
      sessionStorage.setItem(`nobel21.draft.${form}`, JSON.stringify(value));
    } catch {
      // See above.
    }
  },
  clear(form: string): void {
    try {
      sessionStorage.removeItem(`nobel21.draft.${form}`);
    } catch {
      // See above.
    }
  },
  /** Nothing half written is left for the next person at this device. */
  clearAll(): void {
    try {
      for (const key of Object.keys(sessionStorage)) if (key.startsWith('nobel21.draft')) sessionStorage.removeItem(key);
    } catch {
      // See above.
    }
  },
  /** Whoever signs in finds their own drafts and nobody else's. */
  belongTo(person: string): void {
    try {
      if ((sessionStorage.getItem('nobel21.drafts-of') ?? person) !== person) this.clearAll();
      sessionStorage.setItem('nobel21.drafts-of', person);
    } catch {
      // See above.
    }
  },
};

/** The service's last answer, for when the network is gone: head counts and what everybody may read, never a person's name. */
export const copy = {
  read<T>(what: Copied): T | null {
    try {
      const text = localStorage.getItem(`nobel21.copy.${what}`);
      return text === null ? null : (JSON.parse(text) as T);
    } catch {
      return null;
    }
  },
  write(what: Copied, value: unknown): void {
    try {
      localStorage.setItem(`nobel21.copy.${what}`, JSON.stringify(value));
    } catch {
      // See above.
    }
  },
  /** What only the house may read goes when its people sign out. */
  clear(): void {
    try {
      for (const what of ['today', 'present']) localStorage.removeItem(`nobel21.copy.${what}`);
    } catch {
      // See above.
    }
  },
};

type Copied = 'today' | 'present' | 'programme';
