/**
 * How somebody works a page: with a mouse, with a finger on a phone, or with the keyboard alone. A day is written once and lived
 * with each of them.
 */
import { expect, type Locator, type Page } from '@playwright/test';
import { KeyboardHands } from './keyboard';

export type Kind = 'mouse' | 'touch' | 'keyboard';

export interface Hands {
  readonly kind: Kind;
  /** A link, button, menu item, cell, tick box or radio button. */
  press(target: Locator): Promise<void>;
  fill(target: Locator, text: string): Promise<void>;
  /** An option of a select, by what it says. */
  choose(target: Locator, option: string | RegExp): Promise<void>;
  /** A day in a date picker, by the picker's label. */
  pickDay(scope: Locator, day: string, next: string): Promise<void>;
  /** What was done last. */
  undo(name: string): Promise<void>;
}

class PointingHands implements Hands {
  constructor(
    readonly kind: 'mouse' | 'touch',
    readonly page: Page,
  ) {}

  async press(target: Locator): Promise<void> {
    if (this.kind === 'touch') await target.tap();
    else await target.click();
  }

  async fill(target: Locator, text: string): Promise<void> {
    await this.press(target);
    await target.fill(text);
  }

  async choose(target: Locator, option: string | RegExp): Promise<void> {
    const texts = await optionsWith(target, option);
    // By its words: the list may be written anew meanwhile.
    await target.selectOption({ label: texts.at(-1) ?? '' });
  }

  /** Opens the little month and turns its pages. */
  async pickDay(scope: Locator, day: string, next: string): Promise<void> {
    await this.press(scope.locator('.date-open'));
    await expect(scope.locator('.date-pop')).toBeVisible();
    const cell = scope.locator(`.month-day[data-value="${day}"]:not([data-outside-month])`);
    for (let month = 0; month < 24 && !(await cell.isVisible()); month += 1) await this.press(scope.getByRole('button', { name: next }));
    await this.press(cell);
    await expect(scope.locator('.date-pop')).toBeHidden();
  }

  async undo(name: string): Promise<void> {
    await this.press(this.page.locator('.toasts').getByRole('button', { name }));
  }
}

/** What the options of a select say up to the one that is meant, once it is there. */
export async function optionsWith(select: Locator, option: string | RegExp): Promise<string[]> {
  let upTo: string[] = [];
  await expect(async () => {
    const texts = (await select.locator('option').allTextContents()).map((text) => text.trim());
    const index = texts.findIndex((text) => (typeof option === 'string' ? text === option : option.test(text)));
    expect(index, `${String(option)} among ${texts.join(' | ')}`).toBeGreaterThanOrEqual(0);
    upTo = texts.slice(0, index + 1);
  }).toPass({ timeout: 5000 });
  return upTo;
}

export const handsOf = (kind: Kind, page: Page): Hands => (kind === 'keyboard' ? new KeyboardHands(page) : new PointingHands(kind, page));
