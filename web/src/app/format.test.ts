import { describe, expect, it } from 'vitest';
import { clockRange, daySpan, duration, number, phone, shortDay, spokenDay, spokenTime, week, when } from './format';

describe('Swedish', () => {
  it('writes times with a point and dates with the year first', () => {
    expect(clockRange('sv', 1080, 1200)).toBe('kl. 18.00–20.00');
    expect(when('sv', { starts_at: '2026-11-24T18:00:00+01:00', ends_at: '2026-11-24T20:00:00+01:00' })).toBe(
      'tisdag 2026-11-24, kl. 18.00–20.00',
    );
    expect(week('sv', '2026-11-21')).toBe('v. 47');
    expect(duration('sv', 90)).toBe('1 tim 30 min');
  });
  it('speaks days and hours', () => {
    expect(spokenDay('sv', '2026-11-24')).toBe('tisdag 24 november');
    expect(spokenTime('sv', 1080)).toBe('18');
    expect(spokenTime('sv', 1095)).toBe('18.15');
  });
  it('has a decimal comma', () => {
    expect(number('sv', 4.25, 1)).toMatch(/^4,[23]$/);
  });
  it('spans weeks over months and years', () => {
    expect(daySpan('sv', '2026-11-23', '2026-11-29')).toBe('23–29 november 2026');
    expect(daySpan('sv', '2026-11-30', '2026-12-06')).toBe('30 november – 6 december 2026');
    expect(daySpan('sv', '2026-12-28', '2027-01-03')).toBe('28 december 2026 – 3 januari 2027');
  });
  it('writes phone numbers as they are read', () => {
    expect(phone('+46701740605')).toBe('070-174 06 05');
    expect(phone('+4640341234')).toBe('040-34 12 34');
    expect(phone('+4791234567')).toBe('+4791234567');
  });
});

describe('English', () => {
  it('has colons and 24 hours', () => {
    expect(clockRange('en', 1080, 1200)).toBe('18:00–20:00');
    expect(week('en', '2026-11-21')).toBe('week 47');
    expect(shortDay('en', '2026-11-24')).toBe('Tue 24 Nov');
  });
});
