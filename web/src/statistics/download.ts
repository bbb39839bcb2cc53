/** Figures as a file: asked for with the token, which no plain link could carry. */
import { api, ask } from '../app/api';

export type Table = 'monthly' | 'rooms' | 'organisations' | 'categories' | 'hours' | 'annual-report';
export type FileFormat = 'csv' | 'xlsx';

/** Fetches and saves it; answers the name of the file. */
export function download(table: Table, year: number, format: FileFormat): Promise<string> {
  return save(asked(table, year, format), `${table}-${year}.${format}`);
}

/** Saves what comes as a file; `otherwise` is its name if the service says none. */
export async function save(call: Promise<{ data?: Blob; error?: unknown; response: Response }>, otherwise: string): Promise<string> {
  const blob = await ask<Blob>(call);
  const name = nameIn((await call).response.headers.get('Content-Disposition') ?? '') ?? otherwise;
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser may still be reading it.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return name;
}

function asked(table: Table, year: number, format: FileFormat): Promise<{ data?: Blob; error?: unknown; response: Response }> {
  const query = { from: `${year}-01`, to: `${year}-12`, format };
  const rest = { params: { query }, parseAs: 'blob' } as const;
  switch (table) {
    case 'monthly':
      return api.GET('/statistics/monthly', rest);
    case 'rooms':
      return api.GET('/statistics/rooms', rest);
    case 'organisations':
      return api.GET('/statistics/organisations', rest);
    case 'categories':
      return api.GET('/statistics/categories', rest);
    case 'hours':
      return api.GET('/statistics/hours', rest);
    case 'annual-report':
      return api.GET('/statistics/annual-report/{year}', { params: { path: { year }, query: { format } }, parseAs: 'blob' });
  }
}

function nameIn(disposition: string): string | undefined {
  return /filename="?([^";]+)"?/.exec(disposition)?.[1];
}
