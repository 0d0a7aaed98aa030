import { Credits, MicroUsd } from "@image-skill/core/credits/Credits"
import { AgentId, OrganizationId } from "@image-skill/core/identity/Actor"
import type { Job } from "@image-skill/core/jobs/Job"

/** A job that was just reserved and that nobody works on. */
export const job = (name: string, change: Partial<Job> = {}): Job => ({
  id: `job_${name}`,
  organizationId: OrganizationId.make("org_sample"),
  agentId: AgentId.make("agt_sample"),
  allowanceKey: "allowance_sample",
  operation: "create",
  status: "queued",
  step: "reserved",
  traceId: "trace_sample",
  modelId: "fal.flux-dev",
  capabilityId: "image.generate:fal.flux-dev",
  request: {
    wish: {
      operation: "create",
      visibility: "public",
      intent: "explore",
      provider: null,
      model: null,
      aspectRatio: "1:1",
      outputCount: 1,
      parameters: {},
      guard: { perOutputUsd: null, totalUsd: null },
      acceptUnknownCost: false
    },
    media: [],
    promptCharacters: 7,
    promptSha256: "0".repeat(64),
    modelParameters: { acceptedKeys: [], provenance: {} },
    selection: {
      policy: "hosted_default_create_v1",
      reason: "preferred",
      intent: "explore",
      intentClass: "general",
      parameterKeys: [],
      defaultsApplied: [],
      output: { resolutionClass: null, size: null, minShortEdge: null },
      considered: [],
      preferredCredits: null
    }
  },
  price: {
    credits: Credits.make(5),
    providerCost: MicroUsd.make(25_000),
    fallbackCost: null,
    confidence: "known",
    source: "model_registry"
  },
  holdId: null,
  idempotencyKey: null,
  keyActive: false,
  fingerprint: "f".repeat(64),
  handle: null,
  cancelRequestedAt: null,
  input: { prompt: "a heron", parameters: {} },
  produced: null,
  safetyChecks: [],
  error: null,
  outcome: null,
  usageEventId: null,
  receipt: null,
  createdAt: "2026-01-02T03:04:05.678Z",
  startedAt: null,
  endedAt: null,
  reservedUntil: "2026-01-02T03:19:05.678Z",
  owner: null,
  dueAt: "2026-01-02T03:04:15.678Z",
  ...change
})

const bucket = { granted: 50, used: 5, reserved: 0, remaining: 45 }

const fullRequest: Job["request"] = {
  wish: {
    operation: "edit",
    visibility: "private",
    intent: "hero",
    provider: "fal",
    model: "fal.flux-dev",
    aspectRatio: "16:9",
    outputCount: 2,
    parameters: { seed: 7, nested: { list: [1, "two", null, true] } },
    guard: { perOutputUsd: 0.07, totalUsd: 0.15 },
    acceptUnknownCost: true
  },
  media: [
    {
      role: "input",
      assetId: "image_input",
      index: 0,
      referenceIndex: null,
      task: null,
      sha256: "c".repeat(64),
      mimeType: "image/png",
      contentLength: 12,
      size: { width: 2, height: 3 },
      visibility: "private"
    },
    {
      role: "element_reference",
      assetId: "image_view",
      index: 1,
      referenceIndex: 2,
      task: "id",
      sha256: "d".repeat(64),
      mimeType: "image/avif",
      contentLength: 13,
      size: null,
      visibility: "public"
    }
  ],
  promptCharacters: 12,
  promptSha256: "a".repeat(64),
  modelParameters: { acceptedKeys: ["seed"], provenance: { seed: "request", resolution: "default_policy" } },
  selection: {
    policy: "explicit_model",
    reason: "named",
    intent: "hero",
    intentClass: "final",
    parameterKeys: ["seed"],
    defaultsApplied: ["resolution"],
    output: { resolutionClass: "2k", size: { width: 1024, height: 576 }, minShortEdge: 2048 },
    considered: [{ capabilityId: "image.generate:fal.flux-dev", outcome: "selected" }],
    preferredCredits: 9
  }
}

const fullOutput: NonNullable<Job["produced"]>["outputs"][number] = {
  assetId: "image_made",
  sha256: "b".repeat(64),
  bytes: 10,
  mimeType: "image/png",
  width: 1,
  height: null,
  facts: { seed: 7 },
  evidence: {
    frames: 1,
    durationSeconds: 1.5,
    transparent: true,
    dominantColors: ["#ff0000"],
    blank: false,
    silent: true,
    triangles: 12,
    contentCredentials: ["c2pa"],
    lookHash: "0123456789abcdef",
    nearDuplicateOf: "image_twin",
    changedOutsideMask: 0.25,
    flags: ["near_duplicate", "changed_outside_mask"],
    notMeasured: "sound"
  }
}

/** A job in which nothing is empty, so that a store that drops anything shows. */
export const fullJob = (name: string): Job =>
  job(name, {
    status: "completed",
    step: "ended",
    request: fullRequest,
    price: {
      credits: Credits.make(9),
      providerCost: null,
      fallbackCost: MicroUsd.make(50_000),
      confidence: "unknown",
      source: "fallback"
    },
    holdId: "hold_1",
    idempotencyKey: `key_${name}`,
    keyActive: true,
    handle: { id: "req_1", urls: ["https://queue.example/req_1"] },
    cancelRequestedAt: "2026-01-02T03:04:08.000Z",
    input: { prompt: "a heron “at dawn”", parameters: { seed: 7 } },
    produced: {
      outputs: [fullOutput],
      made: 2,
      reportedMicroUsd: 25_000,
      warnings: ["slow"],
      provenance: { provider: "fal", list: [1] }
    },
    safetyChecks: ["prompt"],
    error: { code: "PROVIDER_FAILURE", message: "it was busy", retryable: true },
    outcome: "unknown",
    usageEventId: "usage_1",
    receipt: {
      captured: { preview: 3, paid: 2 },
      quota: {
        preview: bucket,
        paid: bucket,
        owed: 1,
        dailyJobs: { limit: 5, used: 1, remaining: 4, basis: "payment_backed", resetsAt: "2026-01-03T00:00:00.000Z" },
        maxOutputsPerRequest: 4,
        maxCreditsPerJob: 100
      }
    },
    startedAt: "2026-01-02T03:04:06.000Z",
    endedAt: "2026-01-02T03:04:09.000Z",
    owner: "owner"
  })
