import { createServer, type IncomingMessage, type ServerResponse } from "node:http"

/** A server of the emulator on this machine. */
export interface Listener {
  readonly origin: string
  readonly close: () => Promise<void>
}

const mostBytes = 1024 * 1024

/** Gives each request with its whole body to `answer`; a body above 1 MiB is refused with 413. */
export const listen = async (
  answer: (request: IncomingMessage, body: string, response: ServerResponse) => Promise<void>,
  port = 0
): Promise<Listener> => {
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    let size = 0
    request.on("data", (chunk: Buffer) => {
      size += chunk.length
      if (size <= mostBytes) chunks.push(chunk)
    })
    request.on("end", () => {
      if (size > mostBytes) response.writeHead(413).end()
      else void answer(request, Buffer.concat(chunks).toString("utf8"), response)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, "127.0.0.1", resolve)
  })
  const address = server.address()
  const bound = typeof address === "object" ? address?.port : undefined
  return {
    origin: `http://127.0.0.1:${bound ?? 0}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}
