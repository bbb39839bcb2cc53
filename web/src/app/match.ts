/** `/lokaler/:slug` and `/lokaler/konferens-1` -> `{slug: 'konferens-1'}`; null if they don't match. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/').filter(Boolean);
  const given = path.split('/').filter(Boolean);
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const value = given[i] ?? '';
    if (part.startsWith(':')) {
      try {
        params[part.slice(1)] = decodeURIComponent(value);
      } catch {
        return null;
      }
    } else if (part !== value) return null;
  }
  return params;
}

/** `address` with some query members changed; null removes one. */
export function withQuery(path: string, search: string, changes: Record<string, string | null | undefined>): string {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === '') query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** Where sign-in may lead back to: a path of our own, never another host. */
export function localPath(text: string | null): string {
  if (!text || !text.startsWith('/') || text.startsWith('//') || text.includes('\\')) return '/';
  return text;
}
