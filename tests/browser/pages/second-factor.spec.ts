/** Two-step sign-in: an admin is led to it, turns it on with an app, keeps the codes, and comes back in with both. */
import { Secret, TOTP } from 'otpauth';
import type { Schemas } from '../house/client';
import { PEOPLE } from '../house/house';
import { flawless } from '../house/looks';
import { expect, test } from '../house/test';

test('an admin turns two-step sign-in on, and comes in with digits, or with a code from paper', async ({ page, house, t, enter, watch }) => {
  const words = t.account.secondFactor;
  const api = await house.as('admin');
  const { version } = await api.get<Schemas['Settings']>('/settings');
  await api.patch('/settings', version, { second_factor_required: true });

  await enter('admin');
  await page.goto('/');
  await expect(page.getByText(words.neededText)).toBeVisible();
  await flawless(page, 'an admin is asked for a second step');
  await page.goto('/admin');
  await expect(page.getByRole('heading', { level: 1, name: t.common.forbidden })).toBeVisible();
  await page.getByRole('link', { name: words.toAccount }).click();
  await page.locator('#field-second_factor_password').fill('nobel21-demo');
  await page.getByRole('button', { name: words.begin }).click();
  await expect(page.getByAltText(words.qr)).toBeVisible();
  await flawless(page, 'the app is told the secret');
  const secret = Secret.fromBase32(((await page.locator('code').textContent()) ?? '').replace(/\s/g, ''));
  const app = new TOTP({ secret });
  watch.expect(422, /second-factor\/confirm$/);
  await page.getByLabel(words.code, { exact: true }).fill('000000');
  await page.getByRole('button', { name: words.confirm }).click();
  await expect(page.locator('#form-problem')).toBeVisible();
  const used = app.generate();
  await page.getByLabel(words.code, { exact: true }).fill(used);
  await page.getByRole('button', { name: words.confirm }).click();
  await expect(page.getByText(words.papersText)).toBeVisible();
  const papers = await page.locator('.papers code').allTextContents();
  expect(new Set(papers).size).toBe(8);
  await flawless(page, 'codes for paper');
  await page.getByRole('button', { name: words.noted }).click();
  await expect(page.getByText(words.left(8))).toBeVisible();
  await page.goto('/admin');
  await expect(page.getByRole('heading', { level: 1, name: t.inbox.title })).toBeVisible();
  await expect(page.getByText(words.neededText)).toHaveCount(0);

  // In again: the password first, then a code; the digits from before were used.
  const signIn = async (code: string) => {
    await page.goto('/logga-in');
    await page.getByLabel(t.account.email).fill(PEOPLE.admin.email);
    await page.getByLabel(t.account.password, { exact: true }).fill('nobel21-demo');
    await page.getByRole('button', { name: t.common.signIn, exact: true }).last().click();
    await expect(page.getByLabel(words.code, { exact: true })).toBeFocused();
    await page.keyboard.type(code);
    await page.keyboard.press('Enter');
  };
  await page.getByRole('button', { name: t.common.menuOf(PEOPLE.admin.name) }).click();
  await page.getByRole('menuitem', { name: t.common.signOut }).click();
  await expect(page.getByText(t.common.signedOut)).toBeVisible();
  watch.expect(401, /auth\/token$/);
  await signIn('000000');
  await expect(page.locator('#form-problem')).toBeVisible();
  await flawless(page, 'a wrong code');
  await signIn((papers[0] ?? '').toLowerCase());
  await expect(page.getByText(t.account.welcome(PEOPLE.admin.name))).toBeVisible();
  await page.goto('/konto');
  await expect(page.getByText(words.left(7))).toBeVisible();

  // The digits that come next, once their half minute begins.
  const next = () => app.generate();
  await expect.poll(next, { timeout: 60_000, intervals: [1_000] }).not.toBe(used);
  await page.getByLabel(words.code, { exact: true }).fill(next());
  await page.getByRole('button', { name: words.turnOff }).click();
  await expect(page.getByText(words.neededText)).toBeVisible();
});
