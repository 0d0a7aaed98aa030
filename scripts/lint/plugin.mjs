// The house rules as an oxlint plugin. What each is for stands at the top of its file, where it applies in .oxlintrc.json.
import assertNotExpect from "./assert-not-expect.mjs"
import conceptFolders from "./concept-folders.mjs"
import conceptOrder from "./concept-order.mjs"
import effectInstead from "./effect-instead.mjs"
import moduleNames from "./module-names.mjs"
import moduleSize from "./module-size.mjs"
import noBarrels from "./no-barrels.mjs"
import noDebt from "./no-debt.mjs"
import noTypeEscapes from "./no-type-escapes.mjs"
import packageImports from "./package-imports.mjs"
import serviceKeys from "./service-keys.mjs"
import siblingConcepts from "./sibling-concepts.mjs"
import stableEffect from "./stable-effect.mjs"
import wholeTestRuns from "./whole-test-runs.mjs"

export default {
  meta: { name: "house" },
  rules: {
    "assert-not-expect": assertNotExpect,
    "concept-folders": conceptFolders,
    "concept-order": conceptOrder,
    "effect-instead": effectInstead,
    "module-names": moduleNames,
    "module-size": moduleSize,
    "no-barrels": noBarrels,
    "no-debt": noDebt,
    "no-type-escapes": noTypeEscapes,
    "package-imports": packageImports,
    "service-keys": serviceKeys,
    "sibling-concepts": siblingConcepts,
    "stable-effect": stableEffect,
    "whole-test-runs": wholeTestRuns
  }
}
