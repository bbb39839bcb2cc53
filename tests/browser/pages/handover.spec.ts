/** The hand-over: a note for the next shift, a key that is lent and comes back late, the day on paper. */
import type { Schemas } from '../house/client';
import { flawless } from '../house/looks';
import { expect, test } from '../house/test';

test('one shift leaves a note and a lent key, the next sees to both and prints the day', async ({ page, house, t, enter, watch }) => {
  const admin = await house.as('admin');
  await enter('reception');
  await page.goto('/reception');
  await page.getByRole('link', { name: t.handover.link }).click();
  await page.getByLabel(t.handover.note).fill('Projektorn i Aulan är inlämnad.\nNy kommer på torsdag.');
  await page.getByRole('button', { name: t.handover.write }).click();
  await expect(page.getByText('Ny kommer på torsdag.')).toBeVisible();

  const loans = page.getByRole('region', { name: t.handover.loans });
  await loans.getByLabel(t.handover.item).fill('Nyckel Aulan');
  await loans.getByLabel(t.handover.organisation).selectOption({ index: 1 });
  await loans.getByLabel(t.handover.borrower).fill('Zlatan');
  await loans.getByRole('button', { name: t.handover.lend }).click();
  await expect(page.getByText(t.handover.lent('Nyckel Aulan'))).toBeVisible();
  await expect(loans.getByRole('listitem')).toContainText('Zlatan');
  // The same key can't be out twice.
  watch.expect(409, /\/loans$/);
  await loans.getByLabel(t.handover.item).fill('nyckel aulan');
  await loans.getByLabel(t.handover.organisation).selectOption({ index: 2 });
  await loans.getByRole('button', { name: t.handover.lend }).click();
  await expect(loans.getByRole('alert').or(loans.locator('#form-problem'))).toContainText('redan utlånad');
  await flawless(page, 'the hand-over');
  await page.screenshot({ path: 'screenshots/overlamning-1280.png', fullPage: true });

  await page.getByRole('link', { name: t.handover.daySheet }).click();
  await expect(page.getByRole('region', { name: t.handover.loans })).toContainText('Nyckel Aulan');
  await expect(page.getByRole('region', { name: t.handover.notes })).toContainText('Ny kommer på torsdag.');
  await flawless(page, 'the day sheet');
  await page.emulateMedia({ media: 'print' });
  await page.screenshot({ path: 'screenshots/dagblad-utskrift.png', fullPage: true });
  const pdf = await page.pdf({ preferCSSPageSize: true, format: 'A4' });
  const sheets = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  expect(sheets).toBeGreaterThanOrEqual(1);
  expect(sheets).toBeLessThanOrEqual(3);
  expect(pdf.toString('latin1')).toMatch(/\/MediaBox\s*\[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]/);
  await page.emulateMedia({ media: null });

  await page.goto('/reception/overlamning');
  await page.getByRole('button', { name: new RegExp(`^${t.handover.doneLabel('Projektorn')}`) }).click();
  await expect(page.getByText(t.handover.noNotes)).toBeVisible();
  await page.getByRole('button', { name: t.handover.backLabel('Nyckel Aulan') }).click();
  await expect(page.getByText(t.handover.noLoans)).toBeVisible();
  const returned = await admin.get<{ items: Schemas['Loan'][] }>('/loans/returned');
  expect(returned.items[0]).toMatchObject({ item: 'Nyckel Aulan', borrower: null });
});
