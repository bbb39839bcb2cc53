/** What is kept on this device: never a token, never a name. Storage may be forbidden or full; then nothing is kept. */
type Key = 'language' | 'theme' | 'organisation' | 'signed-in';

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

/** A form's draft: outlives a reload and a lost session, not the tab. */
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
};
