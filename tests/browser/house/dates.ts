/** Dates are typed part by part, as people do who use no mouse. */
import { expect, type Page } from '@playwright/test';

/** Types a day into the parts of a date picker, which comes to life when it is first gone to. */
export async function setDay(page: Page, label: string, day: string): Promise<void> {
  const parts = page.getByRole('group', { name: label }).locator('.date-part');
  await expect(async () => {
    await parts.first().click();
    await expect(parts.first()).toBeFocused({ timeout: 2000 });
    await page.keyboard.type(day.replaceAll('-', ''), { delay: 30 });
    await expect(parts).toHaveText(day.split('-'), { timeout: 2000 });
  }).toPass();
}
