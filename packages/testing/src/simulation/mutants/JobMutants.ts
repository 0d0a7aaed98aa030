import { OrganizationId } from "@image-skill/core/identity/Actor"
import type { Job, JobInput } from "@image-skill/core/jobs/Job"
import { MediaProviderError } from "@image-skill/core/media/MediaProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Mutant } from "../Mutants.ts"

/** Of jobs: what their rows, their providers and their bytes are for. */
export const mutants: ReadonlyArray<Mutant> = [
  {
    name: "pays-again-after-a-lost-answer",
    breaks: "sends a request again whose answer was lost",
    foundBy: "one job is one paid call",
    seed: 7,
    mutation: () => ({
      provider: (provider) => ({
        ...provider,
        submit: (request) =>
          Effect.catchIf(
            provider.submit(request),
            ({ reason }) => reason === "unknown",
            () => provider.submit(request)
          )
      })
    })
  },
  {
    name: "pays-again-after-a-crash",
    breaks: "sends a request again that a dead process may have sent",
    foundBy: "what was made is delivered or released",
    seed: 1,
    mutation: () => ({
      ports: ({ jobs }) => ({
        jobs: {
          claim: (...input) =>
            Effect.map(
              jobs.claim(...input),
              Option.map((job): Job => (job.step === "submitting" ? { ...job, step: "reserved" } : job))
            )
        }
      })
    })
  },
  {
    name: "calls-what-is-unknown-a-failure",
    breaks: "takes a lost answer for a refusal, and gives the credits back at once",
    foundBy: "what was made is delivered or released",
    seed: 5,
    mutation: () => ({
      provider: (provider) => ({
        ...provider,
        submit: (request) =>
          Effect.mapError(provider.submit(request), (error) =>
            error.reason === "unknown"
              ? new MediaProviderError({ provider: provider.id, reason: "rejected", message: error.message })
              : error
          )
      })
    })
  },
  {
    name: "loses-the-handle",
    breaks: "forgets by which handle a provider finds a request again",
    foundBy: "jobs and credits agree",
    seed: 1,
    mutation: () => ({
      ports: ({ jobs }) => ({ jobs: { update: (job, owner) => jobs.update({ ...job, handle: null }, owner) } })
    })
  },
  {
    name: "ignores-the-idempotency-key",
    breaks: "runs a request again whose key it knows",
    foundBy: "one key is one request",
    seed: 1,
    mutation: () => ({
      ports: ({ jobs }) => ({
        jobs: {
          findByKey: () => Effect.succeedNone,
          insert: (job) => jobs.insert({ ...job, keyActive: false }),
          update: (job, owner) => jobs.update({ ...job, keyActive: false }, owner)
        }
      })
    })
  },
  {
    name: "forgets-what-a-key-was-for",
    breaks: "gives the answer of a key to a request for something else",
    foundBy: "one key is one request",
    seed: 1,
    mutation: () => ({
      ports: ({ digest }) => ({
        digest: {
          sha256: (content) =>
            digest.sha256(typeof content === "string" ? content.replace(/"promptSha256":"[0-9a-f]{64}"/u, "") : content)
        }
      })
    })
  },
  {
    name: "charges-for-no-asset",
    breaks: "completes a job without writing its assets",
    foundBy: "what was made is delivered or released",
    seed: 1,
    mutation: () => ({ ports: () => ({ assets: { insert: () => Effect.void } }) })
  },
  {
    name: "completes-without-bytes",
    breaks: "takes bytes for stored that a full disk did not take",
    foundBy: "what was made is delivered or released",
    seed: 1,
    mutation: () => ({
      ports: ({ artifacts, digest }) => ({
        artifacts: {
          putStream: (body, maxBytes) =>
            Effect.catchIf(
              artifacts.putStream(body, maxBytes),
              (error) => typeof error === "object" && error !== null && "reason" in error && error.reason === "full",
              () =>
                Effect.gen(function* () {
                  const bytes = yield* Stream.mkUint8Array(body)
                  return { sha256: yield* digest.sha256(bytes), bytes: bytes.length }
                })
            )
        }
      })
    })
  },
  {
    name: "frees-bytes-in-use",
    breaks: "deletes bytes that an asset still points to",
    foundBy: "what was made is delivered or released",
    seed: 1,
    mutation: () => ({ ports: () => ({ assets: { isInUse: () => Effect.succeed(false) } }) })
  },
  {
    name: "keeps-bytes-of-nobody",
    breaks: "never frees bytes that nobody owns any more",
    foundBy: "everything ends",
    seed: 2,
    mutation: () => ({ ports: () => ({ artifacts: { removeOlder: () => Effect.succeed(false) } }) })
  },
  {
    name: "keeps-answers-of-providers",
    breaks: "keeps the raw answer of a provider when its job has ended",
    foundBy: "everything ends",
    seed: 1,
    mutation: () => ({ ports: () => ({ spool: { remove: () => Effect.void } }) })
  },
  {
    name: "never-looks-at-running-jobs",
    breaks: "sweeps past jobs that a dead process left running",
    foundBy: "everything ends",
    seed: 1,
    mutation: () => ({
      ports: ({ jobs }) => ({
        jobs: {
          due: (...input) => Effect.map(jobs.due(...input), (due) => due.filter(({ status }) => status !== "running"))
        }
      })
    })
  },
  {
    name: "keeps-the-prompt",
    breaks: "keeps the prompt of a job that has ended",
    foundBy: "secrets stay where they belong",
    seed: 1,
    mutation: () => {
      const inputs = new Map<string, JobInput>()
      return {
        ports: ({ jobs }) => ({
          jobs: {
            insert: (job) => {
              if (job.input !== null) inputs.set(job.id, job.input)
              return jobs.insert(job)
            },
            update: (job, owner) => jobs.update({ ...job, input: job.input ?? inputs.get(job.id) ?? null }, owner)
          }
        })
      }
    }
  },
  {
    name: "shows-jobs-to-anybody",
    breaks: "shows a job to whoever knows its id",
    foundBy: "refusals keep nothing",
    seed: 4,
    mutation: () => ({
      ports: ({ jobs }, issued) => ({
        jobs: {
          find: Effect.fnUntraced(function* (_, id) {
            for (const organization of issued.of("org")) {
              const found = yield* jobs.find(OrganizationId.make(organization), id)
              if (Option.isSome(found)) return found
            }
            return Option.none()
          })
        }
      })
    })
  },
  {
    name: "shows-assets-to-anybody",
    breaks: "shows an asset to whoever knows its id",
    foundBy: "refusals keep nothing",
    seed: 1,
    mutation: () => ({ ports: ({ assets }) => ({ assets: { find: (_, id) => assets.findPublic(id) } }) })
  },
  {
    name: "lists-the-jobs-of-others",
    breaks: "lists the jobs of another organization beside one's own",
    foundBy: "what is not one's own stays unseen",
    seed: 2,
    mutation: () => ({
      ports: ({ jobs }, issued) => ({
        jobs: {
          list: (_, query) =>
            Effect.map(
              Effect.forEach(issued.of("org"), (id) => jobs.list(OrganizationId.make(id), query)),
              (lists) => lists.flat().slice(0, query.limit)
            )
        }
      })
    })
  }
]
