/**
 * Stands in for `Intl.Segmenter` in the bundle. Making one costs half as much as starting Node, and most runs never
 * need it: the real one is made when text is first cut into pieces.
 */
type Options = ConstructorParameters<typeof Intl.Segmenter>

export class LazySegmenter {
  readonly #options: Options
  #real: Intl.Segmenter | null = null

  constructor(...options: Options) {
    this.#options = options
  }

  segment(text: string): Intl.Segments {
    this.#real ??= new globalThis.Intl["Segmenter"](...this.#options)
    return this.#real.segment(text)
  }
}
