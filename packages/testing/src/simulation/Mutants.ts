import type { InvariantName } from "./CheckAnswers.ts"
import * as JobMutants from "./mutants/JobMutants.ts"
import * as MoneyMutants from "./mutants/MoneyMutants.ts"
import * as ServiceMutants from "./mutants/ServiceMutants.ts"
import type { Mutation } from "./Mutation.ts"

/** A fault that somebody might have written, in the place of our code. */
export interface Mutant {
  readonly name: string
  /** What is broken, in words that follow "the code". */
  readonly breaks: string
  /** What finds it out first, with the seeds of a default run. */
  readonly foundBy: InvariantName
  /** The first seed that found it when this was written; whatever changes the order of calls changes it. */
  readonly seed: number
  /** Made anew for each simulation: some remember something. */
  readonly mutation: () => Mutation
}

/** Every fault that the simulator has to find. */
export const mutants: ReadonlyArray<Mutant> = [
  ...JobMutants.mutants,
  ...MoneyMutants.mutants,
  ...ServiceMutants.mutants
]

export const mutantOf = (name: string): Mutant | undefined => mutants.find((mutant) => mutant.name === name)
