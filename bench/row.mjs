/**
 * One line of the report: what was measured, beside what, and whether the ratio keeps its budget.
 *
 * @typedef {object} Row
 * @property {string} what
 * @property {number} value
 * @property {string} unit
 * @property {number} reference
 * @property {number} ratio
 * @property {number} budget
 * @property {boolean} within
 */

/**
 * @param {string} what
 * @param {number} value
 * @param {number} reference
 * @param {string} unit
 * @param {number} budget the highest ratio that is good enough
 * @returns {Row}
 */
export const atMost = (what, value, reference, unit, budget) => {
  const ratio = value / reference
  return { ...rounded(what, value, reference, unit, ratio, budget), within: ratio <= budget }
}

/**
 * @param {string} what
 * @param {number} value
 * @param {number} reference
 * @param {string} unit
 * @param {number} budget the lowest ratio that is good enough
 * @returns {Row}
 */
export const atLeast = (what, value, reference, unit, budget) => {
  const ratio = value / reference
  return { ...rounded(what, value, reference, unit, ratio, budget), within: ratio >= budget }
}

/** @param {string} what @param {number} value @param {number} reference @param {string} unit @param {number} ratio @param {number} budget */
const rounded = (what, value, reference, unit, ratio, budget) => ({
  what,
  value: Math.round(value * 10) / 10,
  unit,
  reference: Math.round(reference * 10) / 10,
  ratio: Math.round(ratio * 100) / 100,
  budget
})

/** @param {ReadonlyArray<number>} values */
export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
