/**
 * What is half written in a form outlives a reload, a lost network and a session that ends in between: it is kept in this tab until it
 * is sent, begun anew, or somebody signs out. What somebody else changed meanwhile stays changed: only the fields that were written in
 * are put back. What is about a person (names, addresses, numbers) is not kept: it is written again (OWASP ASVS 5.0, 14.3.3).
 */
import { untrack } from 'svelte';
import { draft as store } from './kept';
import { merged, same } from './merge';

export class KeptDraft<T extends object> {
  /** Something was put back. */
  restored = $state(false);
  /** Some of it was not kept, since it is about a person. */
  readonly partial: boolean;
  readonly #form: string;
  readonly #fields: () => T;
  readonly #personal: readonly (keyof T)[];
  /** As the form was before anybody wrote in it. */
  #was: T;

  constructor(form: string, fields: () => T, personal: readonly (keyof T)[]) {
    this.#form = form;
    this.#personal = personal;
    this.partial = personal.length > 0;
    this.#fields = fields;
    this.#was = untrack(() => $state.snapshot(fields()) as T);
    const kept = store.read<{ was: T; is: T }>(form);
    const is = kept && merged(kept, this.#was);
    if (is && !same(is, this.#was)) {
      untrack(() => Object.assign(fields(), is));
      this.restored = true;
    }
    $effect(() => {
      const now = $state.snapshot(fields()) as T;
      if (same(now, this.#was)) store.clear(form);
      else store.write(form, { was: this.#kept(this.#was), is: this.#kept(now) });
    });
  }

  #kept(fields: T): Partial<T> {
    const members = Object.entries(fields).filter(([name]) => !this.#personal.includes(name as keyof T));
    return Object.fromEntries(members) as Partial<T>;
  }

  /** It is sent: as the form stands now it is nobody's draft any more. */
  sent(): void {
    this.#was = $state.snapshot(this.#fields()) as T;
    this.restored = false;
    store.clear(this.#form);
  }

  /** Back to how the form was before anybody wrote in it. */
  startOver = (): void => {
    Object.assign(this.#fields(), structuredClone(this.#was));
    this.restored = false;
    store.clear(this.#form);
  };
}

/**
 * Keeps the fields of a form, an object in `$state`, under a name that says which form it is and of what. Call it while a component is
 * set up. Never hand it a password; name the fields that are about a person.
 */
export const keepDraft = <T extends object>(form: string, fields: () => T, personal: readonly (keyof T)[] = []): KeptDraft<T> =>
  new KeptDraft(form, fields, personal);
