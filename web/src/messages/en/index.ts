import type { Messages } from '../../app/i18n.svelte';
import { admin, adminRooms, audit, closures, hours, inbox, letters, organisations, people, settings } from './admin';
import { attendance } from './attendance';
import { booking } from './booking';
import { calendarFile } from './calendar-file';
import { common, nav, problem } from './common';
import { counters } from './counters';
import { desk, screen } from './desk';
import { faults } from './faults';
import { find } from './find';
import { organisation, account } from './people';
import { handover } from './handover';
import { kiosk } from './kiosk';
import { privacy } from './privacy';
import { rollCall } from './roll-call';
import { rooms } from './rooms';
import { series } from './series';
import { statistics } from './statistics';
import { waitlist } from './waitlist';
import { week } from './week';

export const en: Messages = {
  ...{ common, nav, problem, week, find, rooms, booking, waitlist, series, calendarFile, faults, organisation, account, attendance, desk, rollCall, kiosk, handover, privacy, screen },
  ...{ admin, adminRooms, audit, closures, hours, inbox, letters, organisations, people, settings, statistics, counters },
};
