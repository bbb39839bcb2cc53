/** Works a page with Tab, arrows, Enter, Space and letters, and insists that one always sees where one is. */
import { expect, type Locator, type Page } from '@playwright/test';
import { type Hands, optionsWith } from './hands';

const FARTHEST = 250;

export class KeyboardHands implements Hands {
  readonly kind = 'keyboard';
  /** Since the page was opened, the focus has been somewhere. */
  #begun = false;

  constructor(readonly page: Page) {
    page.on('domcontentloaded', () => (this.#begun = false));
  }

  async press(target: Locator): Promise<void> {
    await expect(target).toBeVisible();
    const role = await target.evaluate((element) => {
      if (element instanceof HTMLInputElement) return element.type;
      if (element.matches('[data-cell], .month-day')) return 'cell';
      return element.getAttribute('role')?.startsWith('menuitem') ? 'menuitem' : 'plain';
    });
    if (role === 'radio') await this.#radio(target);
    else if (role === 'cell') await this.#cell(target);
    else if (role === 'menuitem') await this.#until(target, () => 'ArrowDown');
    else await this.reach(target);
    if (role === 'checkbox') await this.page.keyboard.press('Space');
    else if (role !== 'radio') await this.page.keyboard.press('Enter');
  }

  async fill(target: Locator, text: string): Promise<void> {
    await this.reach(target);
    await this.page.keyboard.press('ControlOrMeta+a');
    await this.page.keyboard.type(text);
    await expect(target).toHaveValue(text);
  }

  async choose(target: Locator, option: string | RegExp): Promise<void> {
    await this.reach(target);
    for (let pressed = 0; pressed < FARTHEST; pressed += 1) {
      const wanted = (await optionsWith(target, option)).length - 1;
      const now = await target.evaluate((select: HTMLSelectElement) => select.selectedIndex);
      if (now === wanted) return;
      await this.page.keyboard.press(now < wanted ? 'ArrowDown' : 'ArrowUp');
    }
    throw new Error(`${String(option)} can't be chosen by arrows`);
  }

  /** Types the parts of the date one after another. */
  async pickDay(scope: Locator, day: string): Promise<void> {
    const parts = scope.locator('.date-part');
    await this.reach(parts.first());
    // As fast as somebody who types well.
    await this.page.keyboard.type(day.replaceAll('-', ''), { delay: 80 });
    await expect(parts).toHaveText(day.split('-'));
  }

  /** Goes to `target` by Tab, forwards or backwards, whichever way it lies. */
  async reach(target: Locator): Promise<void> {
    await expect(target).toBeVisible();
    await this.#until(target, (element) => {
      const here = document.activeElement;
      if (!here || here === document.body || here.contains(element)) return 'Tab';
      return here.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING ? 'Shift+Tab' : 'Tab';
    });
  }

  async undo(): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+z');
  }

  /** Presses what `key` says in the page, until the focus is on `target`. */
  async #until(target: Locator, key: (element: Element) => string): Promise<void> {
    // Whoever loses the focus begins again at the top of the page.
    const lost = () => this.page.evaluate(() => document.activeElement === null || document.activeElement === document.body);
    if (this.#begun) await expect.poll(lost, { message: `the focus is lost on the way to ${String(target)}`, timeout: 5000 }).toBe(false);
    for (let pressed = 0; pressed < FARTHEST; pressed += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) {
        this.#begun = true;
        await this.#seen(target);
        return;
      }
      await this.page.keyboard.press(await target.evaluate(key));
    }
    throw new Error(`the keyboard does not reach ${String(target)}`);
  }

  /** Within its group by arrows, which choose as they go. */
  async #radio(target: Locator): Promise<void> {
    const name = await target.evaluate((radio: HTMLInputElement) => radio.name);
    const group = target.page().locator(`input[type=radio][name="${name}"]`);
    const chosen = group.and(target.page().locator(':checked'));
    await this.reach((await chosen.count()) > 0 ? chosen : group.first());
    for (let pressed = 0; pressed < FARTHEST && !(await target.isChecked()); pressed += 1) await this.page.keyboard.press('ArrowDown');
    if (!(await target.isChecked())) await this.page.keyboard.press('Space');
    await expect(target).toBeChecked();
  }

  /** Within a grid by arrows: its cells know their row and column. */
  async #cell(target: Locator): Promise<void> {
    const grid = target.page().locator('[role=grid]').filter({ has: target });
    await this.reach(grid.locator('[data-cell][tabindex="0"]'));
    await this.#until(target, (cell) => {
      const place = (one: Element | null) => (one as HTMLElement | null)?.dataset.cell?.split('-').map(Number) ?? [];
      const [row = 0, column = 0] = place(cell);
      const [hereRow = 0, hereColumn = 0] = place(document.activeElement);
      if (hereRow !== row) return hereRow < row ? 'ArrowDown' : 'ArrowUp';
      return hereColumn < column ? 'ArrowRight' : 'ArrowLeft';
    });
  }

  /** One sees the focus, and nothing lies over it. */
  async #seen(target: Locator): Promise<void> {
    await expect(async () => {
      const state = await target.evaluate((element) => {
        const marked = (one: Element | null) => {
          if (!one) return false;
          const style = getComputedStyle(one);
          return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none';
        };
        const box = element.getBoundingClientRect();
        const points = [0.5, 0.1, 0.9].flatMap((x) => [0.5, 0.15, 0.85].map((y) => [box.left + box.width * x, box.top + box.height * y] as const));
        const open = points.some(([x, y]) => {
          const top = document.elementFromPoint(x, y);
          return top !== null && (element.contains(top) || top.contains(element) || top.closest('label')?.contains(element) === true);
        });
        // What a radio button or tick box wears is worn by its label.
        return { marked: marked(element) || marked(element.closest('label')), open };
      });
      expect(state, `focus on ${String(target)}`).toEqual({ marked: true, open: true });
    }).toPass({ timeout: 3000 });
  }
}
