/** What the lines of a roll call are called. */
import type { RollCallLine, VisitsPresent } from '../api/types';
import { time } from '../app/format';
import { i18n, t } from '../app/i18n.svelte';
import { minuteOf } from '../app/time';
import { rooms } from '../rooms/all.svelte';

export function placeOf(line: RollCallLine & { arrived_at?: string | undefined }): string {
  if (line.kind === 'room') return rooms.name(line.room ?? '');
  if (line.kind === 'unplaced') return t().rollCall.unplaced;
  if (line.kind === 'unknown') return t().rollCall.unknown;
  return line.arrived_at ? t().rollCall.visitor(time(i18n.language, minuteOf(line.arrived_at))) : t().rollCall.here;
}

export const sourceOf = (source: VisitsPresent['by_room'][number]['source']) => t().desk.sources[source].toLowerCase();
