import { describe, expect, it } from 'vitest';
import { localPath, match, withQuery } from './match';

describe('the router', () => {
  it('finds what stands in the address', () => {
    expect(match('/lokaler/:slug', '/lokaler/konferens-1')).toEqual({ slug: 'konferens-1' });
    expect(match('/lokaler/:slug', '/lokaler/')).toBeNull();
    expect(match('/', '/')).toEqual({});
    expect(match('/lokaler/:slug', '/lokaler/%E0%A4%A')).toBeNull();
  });
  it('changes one filter and keeps the others', () => {
    expect(withQuery('/', '?dag=2026-11-21&vy=dag', { vy: 'vecka' })).toBe('/?dag=2026-11-21&vy=vecka');
    expect(withQuery('/', '?dag=2026-11-21', { dag: null })).toBe('/');
  });
  it('leads back to our own pages only', () => {
    expect(localPath('/boka?lokal=aulan')).toBe('/boka?lokal=aulan');
    expect(localPath('//evil.example')).toBe('/');
    expect(localPath('/\\evil.example')).toBe('/');
    expect(localPath('https://evil.example')).toBe('/');
    expect(localPath(null)).toBe('/');
  });
});
