/** Says something to screen readers that others see happen. */
class Live {
  text = $state('');

  say(text: string): void {
    // The same sentence twice would not be spoken the second time.
    this.text = this.text === text ? `${text}\u00a0` : text;
  }
}

export const live = new Live();
