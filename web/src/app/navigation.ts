/** What stands in the bar, by who one is: never more than five, so that it fits a phone. */
import CalendarDays from '@lucide/svelte/icons/calendar-days';
import DoorOpen from '@lucide/svelte/icons/door-open';
import ListChecks from '@lucide/svelte/icons/list-checks';
import Search from '@lucide/svelte/icons/search';
import UsersRound from '@lucide/svelte/icons/users-round';
import type { Component } from 'svelte';
import type { Me } from '../api/types';
import type { Messages } from './i18n.svelte';

export interface Destination {
  href: string;
  icon: Component<{ size?: number; 'aria-hidden'?: 'true' }>;
  name: (t: Messages) => string;
  /** On a phone, where five stand side by side. */
  short?: (t: Messages) => string;
}

const calendar: Destination = { href: '/', icon: CalendarDays, name: (t) => t.nav.calendar };
const find: Destination = { href: '/hitta', icon: Search, name: (t) => t.nav.find, short: (t) => t.nav.findShort };
const rooms: Destination = { href: '/lokaler', icon: DoorOpen, name: (t) => t.nav.rooms };
const mine: Destination = { href: '/bokningar', icon: ListChecks, name: (t) => t.nav.mine, short: (t) => t.nav.mineShort };
const organisation: Destination = { href: '/forening', icon: UsersRound, name: (t) => t.nav.organisation };

export function destinations(me: Me | null): Destination[] {
  if (!me) return [calendar, find, rooms];
  if (me.role === 'booker') return [calendar, find, rooms, mine, organisation];
  return [calendar, find, rooms, mine];
}

/** Is this destination where one is, or above it? */
export function isHere(destination: Destination, path: string): boolean {
  return destination.href === '/' ? path === '/' : path === destination.href || path.startsWith(`${destination.href}/`);
}
