/**
 * Foreign text that is only shown: on one line, without control characters and without characters that turn the order
 * of a line around, and not longer than a sentence; null where nothing is left.
 */
export const maybePrintable = (text: string | null | undefined, longest = 200): string | null => {
  const clean = (text ?? "").replaceAll(/[\p{Cc}\p{Cf}\p{Surrogate}\p{Zl}\p{Zp}]+/gu, " ").trim()
  return clean === "" ? null : clean.slice(0, longest)
}
