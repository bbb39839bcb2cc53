/** Every page there is, in every look: axe, 320 pixels, text twice as large, and a picture at three widths to be looked at. */
import { type Access, find } from '../../../web/src/app/routes';
import { addresses, READERS } from '../house/addresses';
import { fits, flawless, LANGUAGES, settled, speak, whole, withLargeText } from '../house/looks';
import { PEOPLE } from '../house/house';
import { expect, type Page, type Role, test, words } from '../house/test';

/** Pictures are for people to look at, and nobody looks at those of continuous integration. */
const PICTURES = !process.env.CI;
const WIDTHS = [360, 768, 1440];
const HEIGHT = 900;

async function look(page: Page, path: string, role: Role | null): Promise<void> {
  for (const language of LANGUAGES) {
    await speak(page, language);
    await page.goto(path);
    await settled(page);
    // The way out is on every page but those of a wall and of a tablet.
    const menu = page.getByRole('button', { name: words(language).common.menuOf(role ? PEOPLE[role].name : '') });
    if (role && !find(path).route.bare) await expect(menu).toBeVisible();
    // A colour is the same in every language.
    await flawless(page, `${path} in ${language}`, language === LANGUAGES[0] ? undefined : ['light']);
  }
  const name = path === '/' ? 'kalender' : path.slice(1).replaceAll('/', '-').replaceAll(/-[0-9a-f]{8}-[0-9a-f-]{27}/g, '');
  await speak(page, 'sv');
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto(path);
  await settled(page);
  await fits(page, `${path} at 320 pixels`);
  await whole(page, `${path} at 320 pixels`);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: HEIGHT });
    await settled(page, false);
    await fits(page, `${path} at ${width} pixels`);
    if (PICTURES) await page.screenshot({ path: `screenshots/${name}-${width}.png`, fullPage: true });
  }
  if (PICTURES) {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.screenshot({ path: `screenshots/${name}-dark.png` });
    await page.emulateMedia({ colorScheme: 'light' });
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await withLargeText(page, async () => {
    await fits(page, `${path} with large text`);
    await whole(page, `${path} with large text`);
  });
}

/** In parts, so that they share the time of the cores. */
const PARTS = 3;

for (const [access, role] of Object.entries(READERS) as [Access, Role | null][]) {
  for (let part = 0; part < PARTS; part += 1) {
    test(`every page for ${access}, part ${part + 1}, is right in every look`, async ({ page, house, enter }) => {
      test.setTimeout(480_000);
      const paths = await addresses(house, access);
      if (role) await enter(role);
      await page.goto('/lokaler');
      for (const path of paths.filter((_, at) => at % PARTS === part)) await look(page, path, role);
    });
  }
}
