/** What a sign-in leaves on a device, and what it makes easy. */
import { PASSWORD, PEOPLE } from '../house/house';
import { expect, signIn, test } from '../house/test';

test('a password may be pasted, looked at, and filled in by a manager of passwords', async ({ page, context, t }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/logga-in');
  const field = page.getByLabel(t.account.password, { exact: true });
  // What managers go by.
  await expect(field).toHaveAttribute('autocomplete', 'current-password');
  await expect(page.getByLabel(t.account.email)).toHaveAttribute('autocomplete', 'username');
  await page.evaluate((text) => navigator.clipboard.writeText(text), PASSWORD);
  await field.focus();
  await page.keyboard.press('ControlOrMeta+V');
  await expect(field).toHaveValue(PASSWORD);
  await expect(field).toHaveAttribute('type', 'password');
  await page.getByRole('button', { name: t.account.showPassword }).click();
  await expect(field).toHaveAttribute('type', 'text');
  await page.getByRole('button', { name: t.account.hidePassword }).click();
  await expect(field).toHaveAttribute('type', 'password');
});

test('who signs out leaves nothing on the device that is anybody’s', async ({ page, context, hands, t }) => {
  await page.goto('/logga-in');
  await signIn(page, hands, t, 'booker');
  for (const path of ['/boka', '/bokningar', '/forening', '/konto']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  }
  await page.goto('/boka');
  await hands.fill(page.getByLabel(t.booking.name), 'Halvskrivet');
  const stored = () => page.evaluate(() => JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage }));
  // There was something to leave.
  await expect.poll(stored).toContain('Halvskrivet');
  await page.getByRole('button', { name: t.common.menuOf(PEOPLE.booker.name) }).click();
  await page.getByRole('menuitem', { name: t.common.signOut }).click();
  await expect(page.getByText(t.common.signedOut)).toBeVisible();
  const left = await page.evaluate(() => ({
    local: Object.keys(localStorage).sort(),
    session: Object.keys(sessionStorage).sort(),
  }));
  const harmless = ['nobel21.language', 'nobel21.theme', 'nobel21.signed-out', 'nobel21.copy.programme'];
  expect(left.local.filter((key) => !harmless.includes(key))).toEqual([]);
  expect(left.session.filter((key) => key !== 'entered')).toEqual([]);
  expect(await stored()).not.toContain('Halvskrivet');
  const cached = await page.evaluate(async () => {
    const paths: string[] = [];
    for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) paths.push(new URL(request.url).pathname);
    return paths;
  });
  expect(cached.filter((path) => path.startsWith('/api/'))).toEqual([]);
  const cookies = (await context.cookies()).map((one) => one.name);
  expect(cookies.filter((name) => name.includes('refresh'))).toEqual([]);
  // Not even the way back shows what was there.
  await page.goBack();
  await expect(page.getByText('Halvskrivet')).toHaveCount(0);
});
