import { defineConfig } from '@playwright/test';
import { chromium, FLAGS } from './house/programs';
import type { Options } from './house/test';

const desk = { width: 1280, height: 800 };
const phone = { width: 360, height: 740 };

export default defineConfig<Options>({
  testDir: '.',
  outputDir: 'test-results',
  globalSetup: './house/furnish.ts',
  // Each test has a server of its own, so any number of them may run side by side.
  fullyParallel: true,
  workers: Number(process.env.BROWSER_WORKERS ?? 2),
  forbidOnly: true,
  // In continuous integration one more try, and the report calls it flaky: what a page shares its cores with is no fault of the page.
  retries: process.env.CI ? 1 : 0,
  // Generous: another program on the same cores is no fault of the page.
  timeout: 240_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath: chromium(), args: FLAGS },
    locale: 'sv-SE',
    // Not the house's own zone: what a page says must not depend on where its reader is.
    timezoneId: 'America/New_York',
    viewport: desk,
    actionTimeout: 20_000,
    // A third of the time; npx playwright test --trace on.
    trace: 'off',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'mouse', testDir: 'days', use: { kind: 'mouse', language: 'sv' } },
    { name: 'keyboard', testDir: 'days', use: { kind: 'keyboard', language: 'en' } },
    { name: 'phone', testDir: 'days', use: { kind: 'touch', language: 'sv', viewport: phone, hasTouch: true, isMobile: true } },
    { name: 'pages', testDir: 'pages', testIgnore: /lighthouse/ },
    // Measures time: alone, after everything else.
    { name: 'lighthouse', testDir: 'pages', testMatch: /lighthouse/, workers: 1, dependencies: ['mouse', 'keyboard', 'phone', 'pages'] },
  ],
});
