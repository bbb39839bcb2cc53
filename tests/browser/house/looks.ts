/** The looks of a page: languages, themes, sizes. */
import AxeBuilder from '@axe-core/playwright';
import type { Language } from '../../../web/src/app/i18n.svelte';
import { expect, type Page } from './test';

export const LANGUAGES: Language[] = ['sv', 'en'];
const THEMES = ['light', 'dark'] as const;

/** The language for the next page that is opened. */
export async function speak(page: Page, language: Language): Promise<void> {
  await page.evaluate((chosen) => localStorage.setItem('nobel21.language', chosen), language);
}

/** Everything that was asked for is there; where nothing is opened anew, nothing more is waited for. */
export async function settled(page: Page, opened = true): Promise<void> {
  if (opened) {
    // A page that listens for changes begins with it when all else is there, and is never idle afterwards.
    const listens = page.waitForResponse(/\/calendar\/changes/, { timeout: 0 }).catch(() => undefined);
    // It may have begun before we looked: what is still awaited is seen below.
    await Promise.race([page.waitForLoadState('networkidle').catch(() => undefined), listens, page.waitForTimeout(4000)]);
  }
  await expect(page.locator('.underway, p.waiting, .answer[aria-busy=true]')).toHaveCount(0);
}

/** What changes over a moment has changed: half way a colour is that of neither theme. */
async function drawn(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map((one) => one.finished));
  });
}

/** No rule of axe is broken, none is left out, in light and in dark. */
export async function flawless(page: Page, what: string, themes: readonly (typeof THEMES)[number][] = THEMES): Promise<void> {
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await drawn(page);
    const axe = new AxeBuilder({ page }).setLegacyMode();
    // The second theme is the same page in other colours: what is not about colour has been looked at.
    if (colorScheme !== THEMES[0]) axe.withRules(['color-contrast', 'link-in-text-block']);
    const { violations } = await axe.analyze();
    const told = violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`));
    expect.soft(told, `${what}, ${colorScheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** Nothing is wider than the page. */
export async function fits(page: Page, what: string): Promise<void> {
  const wide = await page.evaluate(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const scrolls = (element: Element) => {
      for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) {
        if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(up).overflowX)) return true;
      }
      return false;
    };
    const beyond = [...document.body.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > root.clientWidth + 1 && !scrolls(one));
    return [`${root.scrollWidth} of ${root.clientWidth} pixels`, ...beyond.slice(0, 5).map((one) => one.outerHTML.slice(0, 120))];
  });
  expect.soft(wide, `${what} scrolls sideways`).toEqual([]);
}

/** No word is cut off by what it stands in. */
export async function whole(page: Page, what: string): Promise<void> {
  const cut = await page.evaluate(() => {
    const cuts = [...document.querySelectorAll<HTMLElement>('body *')].filter((one) => {
      const style = getComputedStyle(one);
      if (!['hidden', 'clip'].includes(style.overflowX) || style.textOverflow === 'ellipsis' || !one.checkVisibility()) return false;
      return one.closest('.visually-hidden, [aria-hidden=true], svg') === null && style.clipPath === 'none';
    });
    return cuts.flatMap((one) => {
      const box = one.getBoundingClientRect();
      const texts = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const words = texts.currentNode;
        if (!words.textContent?.trim() || words.parentElement?.closest('.visually-hidden, [aria-hidden=true], option')) continue;
        if (!words.parentElement?.checkVisibility()) continue;
        const range = document.createRange();
        range.selectNodeContents(words);
        const written = range.getBoundingClientRect();
        if (written.right > box.right + 1 || written.left < box.left - 1 || written.bottom > box.bottom + 1) return [words.textContent.trim()];
      }
      return [];
    });
  });
  expect.soft(cut, `${what} cuts words off`).toEqual([]);
}

/** The reader's own letters, as set in the browser: twice as large. */
export async function withLargeText(page: Page, work: () => Promise<void>): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } });
  await work();
  await session.send('Page.setFontSizes', { fontSizes: { standard: 16, fixed: 13 } });
  await session.detach();
}
