/**
 * One line of the report: what was measured, beside what, and whether it keeps its budget.
 *
 * @typedef {object} Row
 * @property {string} what
 * @property {number} value
 * @property {string} unit
 * @property {number} reference what the value is compared with, in the same unit
 * @property {number} ratio of the value to the reference
 * @property {string} budget
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
  return { ...rounded(what, value, reference, unit), budget: `≤ ${round(budget)} ×`, within: ratio <= budget }
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
  return { ...rounded(what, value, reference, unit), budget: `≥ ${round(budget)} ×`, within: ratio >= budget }
}

/**
 * The budget is an amount and not a ratio.
 *
 * @param {string} what
 * @param {number} value
 * @param {string} unit
 * @param {number} budget the highest value that is good enough
 * @param {number} [reference] the budget itself, where nothing comparable exists
 * @returns {Row}
 */
export const amount = (what, value, unit, budget, reference = budget) => ({
  ...rounded(what, value, reference, unit),
  budget: `≤ ${budget} ${unit}`,
  within: value <= budget
})

/**
 * Something worth knowing that has no budget.
 *
 * @param {string} what
 * @param {number} value
 * @param {number} reference
 * @param {string} unit
 * @returns {Row}
 */
export const note = (what, value, reference, unit) => ({
  ...rounded(what, value, reference, unit),
  budget: "",
  within: true
})

/** @param {string} what @param {number} value @param {number} reference @param {string} unit */
const rounded = (what, value, reference, unit) => ({
  what,
  value: Math.round(value * 10) / 10,
  unit,
  reference: Math.round(reference * 10) / 10,
  // Nothing beside nothing is nothing.
  ratio: value === 0 ? 0 : round(value / reference)
})

/** @param {number} ratio */
const round = (ratio) => Math.round(ratio * 100) / 100

/** @param {ReadonlyArray<number>} values */
export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
