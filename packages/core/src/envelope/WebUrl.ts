/** The parts of a URL that are looked at. */
export interface WebUrl {
  readonly protocol: string
  readonly username: string
  readonly password: string
  readonly hostname: string
  readonly origin: string
  readonly pathname: string
  readonly href: string
}

// The parser that every JavaScript runtime has; the library settings of core name no runtime.
declare const URL: { new (text: string, base?: string): WebUrl; canParse(text: string, base?: string): boolean }

/** The URL, or null for text that is none. `URL.parse` would do, but Node 20 lacks it. */
export const parseUrl = (text: string, base?: string): WebUrl | null =>
  URL.canParse(text, base) ? new URL(text, base) : null
