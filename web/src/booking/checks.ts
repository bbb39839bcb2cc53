/** Which field a broken rule is about, so that it can be said there. */
import type { Violation } from '../api/types';

const FIELDS: Partial<Record<Violation['rule'], string>> = {
  over_capacity: 'expected_participants',
  over_max_persons: 'expected_participants',
  room_inactive: 'room',
  not_allowed_for_kind: 'room',
  in_the_past: 'starts_at',
  outside_opening_hours: 'starts_at',
  closed: 'starts_at',
  off_grid: 'starts_at',
  too_far_ahead: 'starts_at',
  too_late: 'starts_at',
  too_short: 'ends_at',
  too_long: 'ends_at',
};

export const violationAt = (violations: Violation[], field: string) => violations.find((one) => FIELDS[one.rule] === field)?.message;
