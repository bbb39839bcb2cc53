/** What stands in the bar, by who one is: never more than five, so that it fits a phone. */
import CalendarDays from '@lucide/svelte/icons/calendar-days';
import ChartColumn from '@lucide/svelte/icons/chart-column';
import CirclePlus from '@lucide/svelte/icons/circle-plus';
import DoorOpen from '@lucide/svelte/icons/door-open';
import House from '@lucide/svelte/icons/house';
import LayoutList from '@lucide/svelte/icons/layout-list';
import ListChecks from '@lucide/svelte/icons/list-checks';
import Search from '@lucide/svelte/icons/search';
import Settings from '@lucide/svelte/icons/settings';
import UsersRound from '@lucide/svelte/icons/users-round';
import type { Component } from 'svelte';
import type { Me } from '../api/types';
import type { Messages } from './i18n.svelte';
import { roleOf } from './role';

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
/** To those who work in the house they are everybody's. */
const bookings: Destination = { ...mine, name: (t) => t.nav.mineShort };
const admin: Destination = { href: '/admin', icon: Settings, name: (t) => t.nav.admin };
const statistics: Destination = { href: '/statistik', icon: ChartColumn, name: (t) => t.nav.statistics };

const today: Destination = { href: '/reception', icon: LayoutList, name: (t) => t.nav.today };
const count: Destination = { href: '/rakna', icon: CirclePlus, name: (t) => t.nav.count };
const present: Destination = { href: '/i-huset', icon: House, name: (t) => t.nav.present };

/** `atDesk`: on the house's own device the desk's ways stand open while nobody can say who is there. */
export function destinations(me: Me | null, atDesk: boolean): Destination[] {
  if (!me && atDesk) return [today, count, present, calendar];
  if (!me) return [calendar, find, rooms];
  if (roleOf(me) === 'booker') return [calendar, find, rooms, mine, organisation];
  // An admin finds the rooms among the rest of the house's keeping.
  if (roleOf(me) === 'admin') return [calendar, find, bookings, admin, statistics];
  return [today, count, present, calendar, bookings];
}

/** What the bar has no room for; it stands in the menu of the account. */
export function further(me: Me): Destination[] {
  if (roleOf(me) === 'admin') return [today, count, present, rooms];
  return roleOf(me) === 'reception' ? [find, rooms, statistics] : [];
}

/** Is this destination where one is, or above it? */
export function isHere(destination: Destination, path: string): boolean {
  return destination.href === '/' ? path === '/' : path === destination.href || path.startsWith(`${destination.href}/`);
}
