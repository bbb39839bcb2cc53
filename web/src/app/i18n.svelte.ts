/** The language of the page. Swedish comes with the page, English when it is asked for. */
import { sv } from '../messages/sv';
import { keep, kept } from './kept';

export type Language = 'sv' | 'en';

type Widen<T> = T extends string ? string : T extends (...given: infer A) => string ? (...given: A) => string : { [K in keyof T]: Widen<T[K]> };

/** What every catalogue must hold: what the Swedish one does. A missing sentence does not compile. */
export type Messages = Widen<typeof sv>;

class I18n {
  language = $state<Language>('sv');
  #messages = $state.raw<Messages>(sv);

  get messages(): Messages {
    return this.#messages;
  }

  async start(): Promise<void> {
    await this.#use(kept('language') === 'en' ? 'en' : 'sv');
  }

  async choose(language: Language): Promise<void> {
    await this.#use(language);
    keep('language', language);
  }

  async #use(language: Language): Promise<void> {
    this.#messages = language === 'en' ? (await import('../messages/en')).en : sv;
    this.language = language;
    document.documentElement.lang = language;
  }
}

export const i18n = new I18n();

/** The sentences in the reader's language; read in a template or `$derived`, they follow the switch. */
export const t = (): Messages => i18n.messages;
