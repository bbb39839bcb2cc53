/** What is kept about oneself: read, taken along as a file, and taken away for good. */
import { readFileSync } from 'node:fs';
import { PEOPLE } from '../house/house';
import { flawless } from '../house/looks';
import { expect, test } from '../house/test';

const me = PEOPLE.organisation;

test('somebody reads what is kept about it, takes it along, and has it taken away', async ({ page, t, enter, watch }) => {
  await page.goto('/uppgifter');
  await expect(page.getByText(t.privacy.basis).first()).toBeAttached();
  await page.locator('summary').first().click();
  await flawless(page, 'the notice with its register');

  await enter('organisation');
  await page.goto('/konto');
  await page.getByRole('link', { name: t.privacy.toMine }).click();
  await expect(page.getByRole('cell', { name: me.email, exact: true }).first()).toBeVisible();
  await flawless(page, 'own data');
  const started = page.waitForEvent('download');
  await page.getByRole('button', { name: t.privacy.download }).click();
  const file = await (await started).path();
  const data = JSON.parse(readFileSync(file, 'utf8')) as { sections: { kind: string; rows: Record<string, unknown>[] }[] };
  expect(data.sections.find((one) => one.kind === 'people')?.rows[0]?.['email']).toBe(me.email);

  await page.getByRole('button', { name: t.privacy.erase }).click();
  const dialog = page.getByRole('dialog');
  await flawless(page, 'about to be erased');
  await dialog.getByLabel(t.account.secondFactor.password).fill('nobel21-demo');
  watch.expect(401, /auth\/token$/);
  await dialog.getByRole('button', { name: t.privacy.erase }).click();
  await expect(page.getByText(t.privacy.erased)).toBeVisible();
  await page.goto('/logga-in');
  await page.getByLabel(t.account.email).fill(me.email);
  await page.getByLabel(t.account.password, { exact: true }).fill('nobel21-demo');
  await page.getByRole('main').getByRole('button', { name: t.common.signIn, exact: true }).click();
  await expect(page.locator('#form-problem')).toBeVisible();
});
