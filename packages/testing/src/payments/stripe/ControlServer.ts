import type { StripeControl } from "./Control.ts"
import { type Listener, listen } from "./Listener.ts"

/**
 * The control plane for other processes: `POST /control/<name>` with the step's input as JSON answers 200 with its
 * result, 400 with `{"error": "…"}` where the step cannot be taken, 404 where there is none of the name.
 */
export const open = (control: StripeControl): Promise<Listener> => {
  const steps = new Map(Object.entries(control))
  return listen(async (request, body, response) => {
    const name = (request.url ?? "").replace(/^\/control\//u, "")
    const step = request.method === "POST" ? steps.get(name) : undefined
    const { result, status } =
      step === undefined
        ? { status: 404, result: { error: `There is no step ${request.method ?? ""} ${name}.` } }
        : await attempt(() => step.fromJson(body === "" ? {} : JSON.parse(body)))
    response.writeHead(status, { "content-type": "application/json" })
    response.end(JSON.stringify(result))
  })
}

const attempt = async (step: () => Promise<unknown>): Promise<{ status: number; result: unknown }> => {
  try {
    return { status: 200, result: await step() }
  } catch (error) {
    return { status: 400, result: { error: error instanceof Error ? error.message : String(error) } }
  }
}
