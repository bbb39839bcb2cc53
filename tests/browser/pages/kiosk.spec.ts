/** The door counts: a tablet that is paired once and works without network, and a poster for visitors' phones. */
import type { Schemas } from '../house/client';
import { flawless } from '../house/looks';
import { expect, test } from '../house/test';

test('a tablet is paired by a code, counts by one tap, goes on without network, and is turned off', async ({ page, house, t, enter, browser }) => {
  const admin = await house.as('admin');
  await enter('admin');
  await page.goto('/admin/enheter');
  await page.getByLabel(t.kiosk.name).fill('Entrén');
  await page.getByRole('button', { name: t.kiosk.add, exact: true }).click();
  await page.getByRole('button', { name: t.kiosk.offerLabel('Entrén') }).click();
  const told = (await page.getByText(/Öppna \/kiosk/).textContent()) ?? '';
  const code = /[0-9A-Z]{5}-[0-9A-Z]{5}/.exec(told)?.[0] ?? '';
  expect(code).not.toBe('');
  await flawless(page, 'a pairing code');

  const tablet = await browser.newContext({ baseURL: house.url, viewport: { width: 1024, height: 768 } });
  const door = await tablet.newPage();
  await door.goto('/kiosk');
  await flawless(door, 'a kiosk that is not paired');
  await door.getByLabel(t.kiosk.code).fill(code.toLowerCase());
  await door.getByRole('button', { name: t.kiosk.pair }).click();
  await expect(door.getByRole('heading', { name: t.kiosk.title })).toBeVisible();
  await flawless(door, 'a kiosk');
  await door.screenshot({ path: 'screenshots/kiosk-1024.png' });
  const total = async () => (await admin.get<Schemas['VisitsToday']>('/visits/today')).total;
  const before = await total();
  await door.getByRole('button', { name: t.kiosk.more }).click();
  await door.getByRole('button', { name: t.kiosk.purposes.walk_in }).click();
  await expect(door.getByText(t.kiosk.thanks(2))).toBeVisible();
  await door.screenshot({ path: 'screenshots/kiosk-tack-1024.png' });
  await expect.poll(total).toBe(before + 2);

  // The network is gone: what is tapped waits, over a reload too, and arrives once.
  await expect(door.getByText(t.kiosk.thanks(2))).toHaveCount(0);
  await door.waitForFunction(async () => (await caches.keys()).length > 0);
  await tablet.setOffline(true);
  await door.getByRole('button', { name: t.kiosk.purposes.office }).click();
  await expect(door.getByText(t.kiosk.offline)).toBeVisible();
  await door.reload();
  await expect(door.getByRole('heading', { name: t.kiosk.title })).toBeVisible();
  await door.getByRole('button', { name: t.kiosk.purposes.other }).click();
  expect(await total()).toBe(before + 2);
  await tablet.setOffline(false);
  await door.evaluate(() => window.dispatchEvent(new Event('online')));
  await expect.poll(total, { timeout: 40_000 }).toBe(before + 4);

  await page.getByRole('button', { name: t.kiosk.revokeLabel('Entrén') }).click();
  await page.getByRole('dialog').getByRole('button', { name: t.kiosk.revoke }).click();
  await expect(page.getByText(t.kiosk.hasBeenRevoked)).toBeVisible();
  await door.reload();
  await expect(door.getByText(t.kiosk.cutOff)).toBeVisible();
  await tablet.close();
});

test('a poster is printed for the door, and a phone counts itself by its code without any script', async ({ page, house, t, enter, browser }) => {
  const admin = await house.as('admin');
  await enter('admin');
  await page.goto('/admin/enheter');
  await page.getByLabel(t.kiosk.kind).selectOption('poster');
  await page.getByLabel(t.kiosk.name).fill('Bakdörren');
  await page.getByRole('button', { name: t.kiosk.add, exact: true }).click();
  await page.getByRole('link', { name: t.kiosk.posterLabel('Bakdörren') }).click();
  await expect(page.getByRole('img', { name: t.kiosk.posterCode })).toBeVisible();
  await flawless(page, 'a poster');
  await page.emulateMedia({ media: 'print' });
  await page.screenshot({ path: 'screenshots/affisch-utskrift.png', fullPage: true });
  const pdf = await page.pdf({ preferCSSPageSize: true, format: 'A4' });
  expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length, 'one sheet').toBe(1);
  await page.emulateMedia({ media: null });
  const url = (await page.getByText(/\/har\//).textContent()) ?? '';

  const phone = await browser.newContext({ viewport: { width: 360, height: 740 }, javaScriptEnabled: false });
  const visitor = await phone.newPage();
  const before = (await admin.get<Schemas['VisitsToday']>('/visits/today')).total;
  await visitor.goto(new URL(new URL(url).pathname, house.url).href);
  await visitor.screenshot({ path: 'screenshots/har-360.png', fullPage: true });
  await visitor.getByRole('button', { name: 'Jag tittar in' }).click();
  await expect(visitor.getByText('Du är räknad')).toBeVisible();
  expect((await admin.get<Schemas['VisitsToday']>('/visits/today')).total).toBe(before + 1);
  await phone.close();
});
