/** What was done, in words; what no catalogue knows stands as it is kept. */
import type { AuditEntry } from '../../api/types';
import { t } from '../../app/i18n.svelte';

export const nounOf = (noun: string) => t().audit.nouns[noun] ?? noun.replaceAll('_', ' ');
export const actionOf = (action: string) => t().audit.actions[action] ?? action.replaceAll('_', ' ');

/** What only says what a person did, not to what. */
const ALONE = new Set(['signed_in', 'signed_out', 'set_password', 'changed_password', 'set_up_house', 'refresh_token_reused']);

export const deed = (entry: AuditEntry) => (ALONE.has(entry.action) ? actionOf(entry.action) : `${actionOf(entry.action)} ${nounOf(entry.noun)}`);

/** The page where the thing itself can be seen, if it has one. */
export function pageOf(entry: AuditEntry): string | undefined {
  if (entry.noun_id === null) return undefined;
  const pages: Record<string, string> = { booking: '/bokningar', organisation: '/admin/foreningar', person: '/admin/personer', letter: '/admin/brev' };
  const page = pages[entry.noun];
  return page && `${page}/${entry.noun_id}`;
}

/** Every member that changed, before and after. */
export function changes(entry: AuditEntry): { member: string; before: string; after: string }[] {
  const members = new Set([...Object.keys(entry.before ?? {}), ...Object.keys(entry.after ?? {})]);
  return [...members].map((member) => ({ member, before: shown(entry.before?.[member]), after: shown(entry.after?.[member]) }));
}

function shown(value: unknown): string {
  if (value === undefined || value === null || value === '') return t().audit.nothing;
  if (typeof value === 'boolean') return value ? t().common.yes : t().common.no;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value, null, 1);
}
