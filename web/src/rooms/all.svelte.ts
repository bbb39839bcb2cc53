/** The rooms of the house: asked for once, and once more when they may have changed. */
import type { Room } from '../api/types';
import { api, ask } from '../app/api';

const FRESH = 5 * 60_000;

class Rooms {
  list = $state.raw<Room[]>([]);
  #asked: { at: number; answer: Promise<Room[]> } | null = null;

  /** All rooms by name; from memory if they were asked for a moment ago. */
  get(): Promise<Room[]> {
    if (this.#asked && Date.now() - this.#asked.at < FRESH) return this.#asked.answer;
    const answer = ask(api.GET('/rooms', { params: { query: { limit: 200 } } })).then((page) => {
      this.list = page.items;
      return page.items;
    });
    this.#asked = { at: Date.now(), answer };
    answer.catch(() => this.forget());
    return answer;
  }

  forget(): void {
    this.#asked = null;
  }

  /** A room's name by its slug; the slug itself while it is not known. */
  name(slug: string): string {
    return this.list.find((room) => room.slug === slug)?.name ?? slug;
  }
}

export const rooms = new Rooms();
