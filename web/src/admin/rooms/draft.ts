/** A room as it stands in the form, and what of it is sent. */
import type { LayoutName, Room, RoomKind, RoomRules } from '../../api/types';

export const LAYOUTS: LayoutName[] = ['cinema', 'classroom', 'u_shape', 'boardroom', 'cafe'];
export const KINDS: RoomKind[] = ['event', 'workshop', 'conference', 'meeting'];
export const RULES: (keyof RoomRules)[] = [
  'grid_minutes',
  'min_minutes',
  'max_minutes',
  'days_ahead',
  'cancel_minutes_before',
  'setup_minutes',
  'cleanup_minutes',
];

/** Numbers are null while their field is empty. */
export interface RoomDraft {
  slug: string;
  name: string;
  kind: RoomKind;
  floor: number | null;
  description: string;
  max_persons: number | null;
  /** How many fit in each layout, and minutes to put it up and away if they are others than the room's. */
  layouts: Record<LayoutName, { on: boolean; capacity: number | null; setup_minutes: number | null; cleanup_minutes: number | null }>;
  equipment: string[];
  otherEquipment: string;
  wheelchair_accessible: boolean;
  hearing_loop: boolean;
  spaces: string[];
  otherSpaces: string;
  rules: Record<keyof RoomRules, number | null>;
  needs_approval: boolean;
  active: boolean;
}

export function draftOf(room: Room | null): RoomDraft {
  const offered = (layout: LayoutName) => {
    const one = room?.layouts.find((option) => option.layout === layout);
    return { on: one !== undefined, capacity: one?.capacity ?? null, setup_minutes: one?.setup_minutes ?? null, cleanup_minutes: one?.cleanup_minutes ?? null };
  };
  const layouts = Object.fromEntries(LAYOUTS.map((layout) => [layout, offered(layout)]));
  const rules = Object.fromEntries(RULES.map((rule) => [rule, room?.rules[rule] ?? null]));
  return {
    slug: room?.slug ?? '',
    name: room?.name ?? '',
    kind: room?.kind ?? 'meeting',
    floor: room?.floor ?? 0,
    description: room?.description ?? '',
    max_persons: room?.max_persons ?? null,
    layouts: layouts as RoomDraft['layouts'],
    equipment: room?.equipment ?? [],
    otherEquipment: '',
    wheelchair_accessible: room?.wheelchair_accessible ?? true,
    hearing_loop: room?.hearing_loop ?? false,
    spaces: room?.spaces ?? [],
    otherSpaces: '',
    rules: rules as RoomDraft['rules'],
    needs_approval: room?.needs_approval ?? false,
    active: room?.active ?? true,
  };
}

/** `Vävstol, Stor sax` -> `vavstol`, `stor-sax`. */
export function slugs(text: string): string[] {
  return text.split(',').map(slug).filter(Boolean);
}

function slug(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

/** Without the slug, which only a new room has. A rule left empty is the house's own. */
export function wire(draft: RoomDraft) {
  const rules = Object.fromEntries(RULES.flatMap((rule) => (draft.rules[rule] === null ? [] : [[rule, draft.rules[rule]]])));
  return {
    name: draft.name.trim(),
    kind: draft.kind,
    floor: draft.floor ?? 0,
    description: draft.description.trim() || null,
    // What is missing is sent as 0, so that the service says what it should be.
    max_persons: draft.max_persons ?? 0,
    layouts: LAYOUTS.filter((layout) => draft.layouts[layout].on).map((layout) => {
      const { capacity, setup_minutes, cleanup_minutes } = draft.layouts[layout];
      return { layout, capacity: capacity ?? 0, setup_minutes, cleanup_minutes };
    }),
    equipment: [...new Set([...draft.equipment, ...slugs(draft.otherEquipment)])],
    wheelchair_accessible: draft.wheelchair_accessible,
    hearing_loop: draft.hearing_loop,
    spaces: [...new Set([...draft.spaces, ...slugs(draft.otherSpaces)])],
    rules: rules as Partial<RoomRules>,
    needs_approval: draft.needs_approval,
    active: draft.active,
  };
}
