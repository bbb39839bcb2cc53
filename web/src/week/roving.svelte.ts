/** One stop for Tab in a whole table; arrows move it from cell to cell. Cells carry `data-cell="row-column"`. */
import { tick } from 'svelte';
import { step } from './grid';

interface Bounds {
  rows: number;
  columns: number;
}

export class Roving {
  at = $state({ row: 0, column: 0 });
  #bounds: () => Bounds;

  constructor(bounds: () => Bounds, start = { row: 0, column: 0 }) {
    this.#bounds = bounds;
    this.at = start;
  }

  tabindex(row: number, column: number): 0 | -1 {
    const { rows, columns } = this.#bounds();
    // A table that became smaller must keep its one stop.
    const here = { row: Math.min(this.at.row, rows - 1), column: Math.min(this.at.column, columns - 1) };
    return here.row === row && here.column === column ? 0 : -1;
  }

  /** Moves if the key is one of ours and there is a cell to go to; says whether it was. */
  move(event: KeyboardEvent, table: HTMLElement): boolean {
    const { rows, columns } = this.#bounds();
    const to = step(event.key, this.at, rows, columns, event.ctrlKey);
    if (!to) return false;
    event.preventDefault();
    void this.focus(to.row, to.column, table);
    return true;
  }

  async focus(row: number, column: number, table: HTMLElement): Promise<void> {
    const cell = table.querySelector<HTMLElement>(`[data-cell="${row}-${column}"]`);
    if (!cell) return;
    this.at = { row, column };
    await tick();
    cell.focus();
  }
}
