/** Not tests: what makes the pictures of the README. */
import { defineConfig } from '@playwright/test';
import type { Options } from './house/test';
import tests from './playwright.config';

const { projects: _, ...same } = tests;

export default defineConfig<Options>({ ...same, testDir: 'pictures', projects: [{ name: 'pictures' }] });
