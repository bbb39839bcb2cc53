import { keep, kept } from './kept';

export type Theme = 'auto' | 'light' | 'dark';

class Look {
  theme = $state<Theme>(parse(kept('theme')));

  choose(theme: Theme): void {
    this.theme = theme;
    keep('theme', theme === 'auto' ? null : theme);
    if (theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }
}

function parse(text: string | null): Theme {
  return text === 'light' || text === 'dark' ? text : 'auto';
}

export const look = new Look();
