/** Every page and who may see it. A page is loaded when it is first gone to. */
import type { Me } from '../api/types';
import { match } from './match';
import { roleOf } from './role';

export interface PageProps {
  params: Record<string, string>;
}

/** Who may see a page: the service decides what they may do there. */
export type Access = 'anyone' | 'member' | 'staff' | 'admin';

export interface Route {
  path: string;
  access: Access;
  /** Also for the house's own device while the service cannot be reached to say who is there. */
  offline?: true;
  /** A screen on a wall: without head and foot of the page. */
  bare?: true;
  /** The page's component; it takes `PageProps`, or nothing. */
  load: () => Promise<{ default: unknown }>;
}

export const routes: Route[] = [
  { path: '/', access: 'anyone', load: () => import('../week/WeekPage.svelte') },
  { path: '/hitta', access: 'anyone', load: () => import('../find/FindPage.svelte') },
  { path: '/lokaler', access: 'anyone', load: () => import('../rooms/RoomsPage.svelte') },
  { path: '/lokaler/:slug', access: 'anyone', load: () => import('../rooms/RoomPage.svelte') },
  { path: '/logga-in', access: 'anyone', load: () => import('../account/SignInPage.svelte') },
  { path: '/logga-in/lank', access: 'anyone', load: () => import('../account/LinkPage.svelte') },
  { path: '/logga-in/openid', access: 'anyone', load: () => import('../account/OpenIdPage.svelte') },
  { path: '/losenord', access: 'anyone', load: () => import('../account/PasswordPage.svelte') },
  { path: '/kom-igang', access: 'anyone', load: () => import('../account/SetUpPage.svelte') },
  { path: '/hur-manga-kom', access: 'anyone', load: () => import('../attendance/AttendancePage.svelte') },
  { path: '/konto', access: 'member', load: () => import('../account/AccountPage.svelte') },
  { path: '/konto/uppgifter', access: 'member', load: () => import('../account/DataPage.svelte') },
  { path: '/boka', access: 'member', load: () => import('../booking/BookPage.svelte') },
  { path: '/boka/kalenderfil', access: 'member', load: () => import('../calendar-file/CalendarFilePage.svelte') },
  { path: '/bokningar', access: 'member', load: () => import('../mine/MinePage.svelte') },
  { path: '/bokningar/:id', access: 'member', load: () => import('../booking/BookingPage.svelte') },
  { path: '/bokningar/:id/andra', access: 'member', load: () => import('../booking/ChangePage.svelte') },
  { path: '/serier/:id', access: 'member', load: () => import('../series/SeriesPage.svelte') },
  { path: '/forening', access: 'member', load: () => import('../organisation/OrganisationPage.svelte') },
  { path: '/forening/underlag', access: 'member', load: () => import('../organisation/BasisPage.svelte') },
  { path: '/felanmalningar', access: 'staff', load: () => import('../faults/FaultsPage.svelte') },
  { path: '/reception', access: 'staff', offline: true, load: () => import('../reception/TodayPage.svelte') },
  { path: '/rakna', access: 'staff', offline: true, load: () => import('../reception/CountPage.svelte') },
  { path: '/i-huset', access: 'staff', offline: true, load: () => import('../reception/PresentPage.svelte') },
  { path: '/i-huset/upprop', access: 'staff', offline: true, load: () => import('../roll-call/RollCallPage.svelte') },
  { path: '/reception/overlamning', access: 'staff', load: () => import('../handover/HandoverPage.svelte') },
  { path: '/reception/dagblad', access: 'staff', load: () => import('../handover/DaySheetPage.svelte') },
  { path: '/skarm/entre', access: 'anyone', bare: true, load: () => import('../screens/EntrancePage.svelte') },
  { path: '/skarm/rum/:slug', access: 'anyone', bare: true, load: () => import('../screens/RoomScreenPage.svelte') },
  { path: '/kiosk', access: 'anyone', bare: true, load: () => import('../kiosk/KioskPage.svelte') },
  { path: '/tillganglighet', access: 'anyone', load: () => import('../pages/AccessibilityPage.svelte') },
  { path: '/uppgifter', access: 'anyone', load: () => import('../pages/PrivacyPage.svelte') },
  { path: '/admin', access: 'admin', load: () => import('../admin/inbox/InboxPage.svelte') },
  { path: '/admin/lokaler', access: 'admin', load: () => import('../admin/rooms/RoomsAdminPage.svelte') },
  { path: '/admin/lokaler/:slug', access: 'admin', load: () => import('../admin/rooms/RoomEditPage.svelte') },
  { path: '/admin/ny/lokal', access: 'admin', load: () => import('../admin/rooms/RoomEditPage.svelte') },
  { path: '/admin/oppettider', access: 'admin', load: () => import('../admin/rooms/HoursPage.svelte') },
  { path: '/admin/stangningar', access: 'admin', load: () => import('../admin/closures/ClosuresPage.svelte') },
  { path: '/admin/ny/stangning', access: 'admin', load: () => import('../admin/closures/NewClosurePage.svelte') },
  { path: '/admin/foreningar', access: 'admin', load: () => import('../admin/organisations/OrganisationsPage.svelte') },
  { path: '/admin/foreningar/:id', access: 'admin', load: () => import('../admin/organisations/OrganisationEditPage.svelte') },
  { path: '/admin/ny/forening', access: 'admin', load: () => import('../admin/organisations/NewOrganisationPage.svelte') },
  { path: '/admin/personer', access: 'admin', load: () => import('../admin/people/PeoplePage.svelte') },
  { path: '/admin/personer/:id', access: 'admin', load: () => import('../admin/people/PersonPage.svelte') },
  { path: '/admin/ny/person', access: 'admin', load: () => import('../admin/people/InvitePage.svelte') },
  { path: '/admin/installningar', access: 'admin', load: () => import('../admin/settings/SettingsPage.svelte') },
  { path: '/admin/enheter', access: 'admin', load: () => import('../admin/devices/DevicesPage.svelte') },
  { path: '/admin/enheter/:id/affisch', access: 'admin', load: () => import('../admin/devices/PosterPage.svelte') },
  { path: '/admin/brev', access: 'admin', load: () => import('../admin/letters/LettersPage.svelte') },
  { path: '/admin/brev/:id', access: 'admin', load: () => import('../admin/letters/LetterPage.svelte') },
  { path: '/admin/logg', access: 'admin', load: () => import('../admin/audit/AuditPage.svelte') },
  { path: '/statistik', access: 'staff', load: () => import('../statistics/StatisticsPage.svelte') },
  { path: '/statistik/arsrapport/:year', access: 'staff', load: () => import('../statistics/ReportPage.svelte') },
];

export const notFound: Route = { path: '*', access: 'anyone', load: () => import('../pages/NotFoundPage.svelte') };

export function find(path: string): { route: Route; params: Record<string, string> } {
  for (const route of routes) {
    const params = match(route.path, path);
    if (params) return { route, params };
  }
  return { route: notFound, params: {} };
}

export function mayEnter(access: Access, me: Me | null): boolean {
  if (access === 'anyone') return true;
  if (!me) return false;
  if (access === 'member') return true;
  const role = roleOf(me);
  return access === 'admin' ? role === 'admin' : role === 'admin' || role === 'reception';
}
