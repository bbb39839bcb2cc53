import type { Messages } from '../../app/i18n.svelte';

export const waitlist: Messages['waitlist'] = {
  enter: 'Put me on the waiting list',
  enterLabel: (day) => `Put me on the waiting list: ${day}`,
  enterHint: 'If the time falls free, whoever has waited longest gets a letter, and the time is held for a while.',
  entered: 'You are on the waiting list. If the time falls free, you get a letter.',
  see: 'See the waiting list under My bookings',
  title: 'On the waiting list',
  offered: 'Free for you',
  offeredText: (until) => `The time is held for you until ${until}. Then it goes to the next.`,
  waiting: 'Waiting',
  waitingText: 'The time is taken. You get a letter if it falls free.',
  accept: 'Yes, book it',
  acceptLabel: (what) => `Yes, book ${what}`,
  decline: 'No, thanks',
  declineLabel: (what) => `No, thanks, to ${what}`,
  leave: 'Leave the list',
  leaveLabel: (what) => `Leave the list for ${what}`,
  declined: 'The time goes to the next.',
  left: 'You are no longer on the waiting list.',
};
