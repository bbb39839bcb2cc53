import { join } from 'node:path';
import { addDays, clock, dayOf, minuteOf, mondayOf, today } from '../../../web/src/app/time';
import { strangersBooking } from '../house/facts';
import { settled } from '../house/looks';
import { root } from '../house/programs';
import { expect, test } from '../house/test';

const picture = (name: string) => join(root, 'docs', name);

test.describe('on a desk', () => {
  test.use({ viewport: { width: 1360, height: 860 } });

  test('the week', async ({ page, enter }) => {
    await enter('booker');
    // The coming week: on a Sunday evening this one is all in the past.
    await page.goto(`/?dag=${addDays(mondayOf(today()), 7)}`);
    await settled(page);
    await page.screenshot({ path: picture('week.png') });
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 800 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true });

  test('a taken time and what is free instead', async ({ page, house, enter, t }) => {
    const taken = await strangersBooking(house);
    await enter('booker');
    const at = `lokal=${taken.room}&dag=${dayOf(taken.starts_at)}&fran=${clock(minuteOf(taken.starts_at))}&till=${clock(minuteOf(taken.ends_at))}`;
    await page.goto(`/boka?${at}`);
    await expect(page.getByText(t.booking.instead)).toBeVisible();
    await settled(page);
    await page.locator('#summary').evaluate((heading) => heading.closest('aside')?.scrollIntoView({ block: 'start' }));
    await page.screenshot({ path: picture('phone.png') });
  });
});
