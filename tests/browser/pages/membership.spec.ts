/** Joining an association: a manager asks an address, and whoever has it says yes or no. */
import type { Schemas } from '../house/client';
import { ownOrganisation } from '../house/facts';
import { flawless } from '../house/looks';
import { House, PASSWORD, PEOPLE } from '../house/house';
import { expect, type Page, test, words } from '../house/test';

// Somebody who works in the house and is in no association.
const known = PEOPLE.reception;

/** Signed in as somebody on a device of its own, at `path`. */
async function opens(page: Page, house: House, email: string, path: string): Promise<void> {
  const sv = words('sv');
  await page.goto(`${house.url}${path}`);
  await page.getByLabel(sv.account.email).fill(email);
  await page.getByLabel(sv.account.password, { exact: true }).fill(PASSWORD);
  await page.getByRole('main').getByRole('button', { name: sv.common.signIn, exact: true }).click();
}

test('a manager asks a known address and learns its name by its yes alone', async ({ page, browser, contextOptions, house, enter, t }) => {
  const manager = await house.as('organisation');
  const organisation = (await manager.get<Schemas['Organisation']>(`/organisations/${await ownOrganisation(manager)}`)).name;
  await enter('organisation');
  await page.goto('/forening');
  await page.getByLabel(t.organisation.memberEmail, { exact: true }).fill(known.email);
  await page.getByRole('button', { name: t.organisation.add, exact: true }).click();
  await expect(page.getByText(t.organisation.asked(known.email))).toBeVisible();
  const row = page.getByRole('listitem').filter({ hasText: known.email });
  await expect(row).toContainText(t.organisation.waiting);
  await expect(page.getByText(known.name)).toHaveCount(0);
  await flawless(page, 'members, one of whom has not answered');

  const letter = await house.mailbox.letter(known.email, '/konto');
  expect(letter.text).toContain(organisation);
  expect(letter.subject).not.toContain(organisation);
  const link = /http\S+\/konto/.exec(letter.text)?.[0] ?? '';
  const hers = await browser.newContext({ ...contextOptions, locale: 'sv-SE' });
  const device = await hers.newPage();
  await opens(device, house, known.email, new URL(link).pathname);
  const question = device.getByRole('region', { name: t.account.invitations.title });
  await expect(question).toContainText(t.account.invitations.asks(organisation));
  await flawless(device, 'own account with a question');
  await device.getByRole('button', { name: t.account.invitations.joinLabel(organisation) }).focus();
  await device.keyboard.press('Enter');
  await expect(device.getByText(t.account.invitations.joined(organisation))).toBeVisible();
  await expect(question).toHaveCount(0);
  await expect(device.locator('#memberships')).toBeFocused();

  await page.reload();
  await expect(row).toContainText(known.name);
  await expect(row).toContainText(t.organisation.member);

  // And leaves again.
  await device.getByRole('button', { name: t.account.memberships.leaveLabel(organisation) }).click();
  const dialog = device.getByRole('dialog', { name: t.account.memberships.leaveTitle });
  await expect(dialog).toContainText(organisation);
  await flawless(device, 'about to leave');
  await dialog.getByRole('button', { name: t.account.memberships.leave }).click();
  await expect(device.getByText(t.account.memberships.none)).toBeVisible();
  await page.reload();
  await expect(page.getByText(PEOPLE.organisation.email)).toBeVisible();
  await expect(row).toHaveCount(0);
  await hers.close();
});

test('another says no wherever it is', async ({ page, house, enter, t }) => {
  const manager = await house.as('organisation');
  const id = await ownOrganisation(manager);
  const { name } = await manager.get<Schemas['Organisation']>(`/organisations/${id}`);
  await manager.post(`/organisations/${id}/members`, { email: known.email });
  await house.mailbox.letter(known.email, '/konto');
  await enter('reception');
  await page.goto('/kalender');
  const question = page.getByRole('region', { name: t.account.invitations.title });
  await expect(question).toContainText(t.account.invitations.asks(name));
  await flawless(page, 'a question above another page');
  await page.getByRole('button', { name: t.account.invitations.declineLabel(name) }).click();
  await expect(page.getByText(t.account.invitations.declined)).toBeVisible();
  await expect(question).toHaveCount(0);
  expect((await manager.all<Schemas['Member']>(`/organisations/${id}/members`)).map((one) => one.email)).not.toContain(known.email);
});

test('a question is taken back', async ({ page, house, enter, t }) => {
  await enter('organisation');
  await page.goto('/forening');
  await page.getByLabel(t.organisation.memberEmail, { exact: true }).fill('ny@example.org');
  await page.getByLabel(t.organisation.memberName).fill('Vera Ny');
  await page.getByRole('button', { name: t.organisation.add, exact: true }).click();
  const row = page.getByRole('listitem').filter({ hasText: 'ny@example.org' });
  await expect(row).toContainText(t.organisation.waiting);
  const letter = await house.mailbox.letter('ny@example.org', '/losenord#');
  expect(letter.text).toContain('vill ha dig som medlem');
  await row.getByRole('button', { name: t.organisation.takeBackLabel('Vera Ny') }).click();
  await expect(page.getByText(t.organisation.takenBack('Vera Ny'))).toBeVisible();
  await expect(row).toHaveCount(0);
});
