/** What every test here stands on: a house of its own, a watched browser, somebody's hands, and the words of the reader's language. */
import { test as base, expect, type Page } from '@playwright/test';
import { en } from '../../../web/src/messages/en';
import { sv } from '../../../web/src/messages/sv';
import type { Language, Messages } from '../../../web/src/app/i18n.svelte';
import { type Hands, handsOf, type Kind } from './hands';
import { House, PASSWORD, PEOPLE, type Role } from './house';
import { Watch } from './watch';

export { expect };
export type { Page, Role };

export interface Options {
  /** How the page is worked: a project's choice. */
  kind: Kind;
  language: Language;
  state: 'furnished' | 'empty';
  /** The name by which the house is reached; without one by its number. */
  houseName: string | undefined;
}

interface Fixtures {
  house: House;
  watch: Watch;
  hands: Hands;
  t: Messages;
  /** Signs in without the form: for tests that are about something else. */
  enter: (role: Role) => Promise<void>;
}

export const words = (language: Language): Messages => (language === 'en' ? en : sv);

export const test = base.extend<Options & Fixtures>({
  kind: ['mouse', { option: true }],
  language: ['sv', { option: true }],
  state: ['furnished', { option: true }],
  houseName: [undefined, { option: true }],

  house: async ({ state, houseName }, use) => {
    const house = await House.open(state, { name: houseName });
    await use(house);
    await house.close();
  },

  baseURL: async ({ house }, use) => {
    await use(house.url);
  },

  watch: [
    async ({ context, house }, use) => {
      const watch = new Watch(context, () => house.url);
      await use(watch);
      expect(watch.all(), 'what must never happen').toEqual([]);
    },
    { auto: true },
  ],

  context: async ({ context, language }, use) => {
    await context.addInitScript((chosen) => {
      // The empty page at the very start has no storage.
      if (location.protocol === 'http:' && localStorage.getItem('nobel21.language') === null) localStorage.setItem('nobel21.language', chosen);
    }, language);
    await use(context);
  },

  hands: async ({ page, kind }, use) => {
    await use(handsOf(kind, page));
  },

  t: async ({ language }, use) => {
    await use(words(language));
  },

  enter: async ({ context, house }, use) => {
    await use(async (role) => {
      const data = { email: PEOPLE[role].email, password: PASSWORD };
      const answer = await context.request.post(`${house.url}/api/v1/auth/token`, { data });
      expect(answer.ok(), `${role} signs in`).toBe(true);
      await context.addInitScript(() => {
        if (location.protocol !== 'http:' || sessionStorage.getItem('entered') !== null) return;
        sessionStorage.setItem('entered', '1');
        localStorage.setItem('nobel21.signed-in', '1');
      });
    });
  },
});

/** Signs in by the form, as people do. */
export async function signIn(page: Page, hands: Hands, t: Messages, role: Role): Promise<void> {
  await hands.fill(page.getByLabel(t.account.email), PEOPLE[role].email);
  await hands.fill(page.getByLabel(t.account.password, { exact: true }), PASSWORD);
  await hands.press(page.getByRole('main').getByRole('button', { name: t.common.signIn }));
  await expect(page.getByText(t.account.welcome(PEOPLE[role].name))).toBeVisible();
}
