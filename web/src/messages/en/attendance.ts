import type { Messages } from '../../app/i18n.svelte';

export const attendance: Messages['attendance'] = {
  title: 'How many came?',
  quick: 'Common answers',
  all: (n) => (n === 1 ? 'One came, as expected' : `All ${n} came`),
  half: (n) => `About half (${n})`,
  nobody: 'Nobody came',
  number: 'Number who came',
  missing: (most) => `Write a number between 0 and ${most}.`,
  send: 'Send',
  sendNumber: (n) => (n === 0 ? 'Send: nobody came' : `Send: ${n} came`),
  already: (n) => `We have had the answer ${n} already. Send another if it is not right.`,
  thanks: 'Thank you!',
  saved: (n) => (n === 0 ? 'We have noted that nobody came. You can close this page.' : `We have noted that ${n} came. You can close this page.`),
  change: 'Change the answer',
  over: 'This link no longer holds',
  overText: 'The question can be answered for two weeks after the letter. The reception can still enter how many came.',
};
