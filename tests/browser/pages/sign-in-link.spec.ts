/** Signing in without a password: a link by mail, a new password, and signing out elsewhere. */
import { flawless } from '../house/looks';
import { PEOPLE } from '../house/house';
import { expect, test } from '../house/test';

const me = PEOPLE.organisation;

test('somebody who has forgotten the password comes in by a letter, chooses a new one and signs out elsewhere', async ({ page, house, t, watch, browser }) => {
  // Signed in somewhere else, for instance on the computer in the library.
  const elsewhere = await house.as('organisation');
  await page.goto('/logga-in');
  await page.getByLabel(t.account.email).fill(me.email);
  await page.getByRole('button', { name: t.account.link.send }).click();
  await expect(page.getByRole('status').filter({ hasText: t.account.link.sent })).toContainText(me.email);
  await flawless(page, 'a link is on its way');

  const letter = await house.mailbox.letter(me.email, '/logga-in/lank#');
  const [link = ''] = /http\S+\/logga-in\/lank#\S+/.exec(letter.text) ?? [];
  const path = link.replace(/^https?:\/\/[^/]+/, '');

  // Whoever else opens the letter gets nowhere, and uses nothing up.
  const stranger = await browser.newContext();
  const other = await stranger.newPage();
  await other.goto(`${house.url}${path}`);
  await other.getByRole('main').getByRole('button').click();
  await expect(other.locator('#form-problem')).toBeVisible();
  await stranger.close();

  await page.goto(path);
  await flawless(page, 'the link is opened');
  await expect(page).toHaveURL(/\/logga-in\/lank$/);
  await page.getByRole('main').getByRole('button', { name: t.common.signIn }).click();
  await expect(page.getByRole('heading', { level: 1, name: t.account.accountTitle })).toBeVisible();
  await expect(page.getByText(t.account.link.choosePassword)).toBeVisible();

  const sessions = page.getByRole('list').filter({ hasText: t.account.sessions.current });
  await expect(sessions.getByRole('listitem')).not.toHaveCount(1);
  await flawless(page, 'own account with sessions');
  await page.getByRole('button', { name: t.account.sessions.endOthers }).click();
  await expect(sessions.getByRole('listitem')).toHaveCount(1);
  await expect(elsewhere.get('/me')).rejects.toThrow();

  watch.expect(422, /\/me\/password$/);
  await page.getByLabel(t.account.newPassword).fill('password');
  await page.getByRole('button', { name: t.account.changePassword }).click();
  await expect(page.locator('#form-problem')).toBeVisible();
  await page.getByLabel(t.account.newPassword).fill('kaffe under almen i regn');
  await page.getByRole('button', { name: t.account.changePassword }).click();
  await expect(page.getByText(t.account.passwordChanged)).toBeVisible();
  await expect(page.getByLabel(t.account.currentPassword)).toBeVisible();
});
