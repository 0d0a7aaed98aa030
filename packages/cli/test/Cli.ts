import { type ChildProcessByStdio, spawn } from "node:child_process"
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import type { Readable, Writable } from "node:stream"
import { fileURLToPath } from "node:url"
import { assert } from "@effect/vitest"
import type * as Schema from "effect/Schema"
import { afterAll, onTestFinished } from "vitest"
import { holdsSecrets, leakIn, noSecretLeft } from "./Canaries.ts"

/** The bundle, as it is published: every test here starts this very file. */
export const executable = fileURLToPath(new URL("../dist/image-skill.js", import.meta.url))

if (!existsSync(executable)) {
  throw new Error(`There is no ${executable}. Build it with: node scripts/build.mjs`)
}

/** One envelope as it was printed. */
export interface Envelope {
  readonly ok: boolean
  readonly command: string
  readonly trace_id: string
  readonly actor: Schema.Json
  readonly data: Schema.Json
  readonly warnings: ReadonlyArray<string>
  readonly error: Schema.Json
}

/** In the order in which they are printed (contract/cli.md 1.2). */
export const envelopeKeys = ["ok", "command", "trace_id", "actor", "data", "warnings", "error"] as const

/** What a process did until it ended. */
export class Ran {
  readonly exitCode: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string

  constructor(ended: Pick<Ran, "exitCode" | "signal" | "stdout" | "stderr">) {
    this.exitCode = ended.exitCode
    this.signal = ended.signal
    this.stdout = ended.stdout
    this.stderr = ended.stderr
  }

  /** Stdout, which must be exactly one envelope: two spaces of indentation, the contract's seven keys, no control of a terminal, a newline. */
  get envelope(): Envelope {
    const text = `exit ${this.exitCode ?? this.signal}\n${this.stdout}\n${this.stderr}`
    assert.isTrue(this.stdout.startsWith("{"), `stdout is no envelope: ${text}`)
    const envelope = JSON.parse(this.stdout) as Envelope
    const document = JSON.stringify(envelope, null, 2).replaceAll(
      /[\u007f-\u009f]/gu,
      (control) => `\\u00${control.charCodeAt(0).toString(16)}`
    )
    assert.strictEqual(this.stdout, `${document}\n`, "stdout is more than one JSON document")
    assert.deepStrictEqual(Object.keys(envelope).toSorted(), envelopeKeys.toSorted())
    return envelope
  }

  get data(): Schema.Json {
    assert.isTrue(this.envelope.ok, this.stdout)
    return this.envelope.data
  }

  /** The code of the error; empty for a success. */
  get code(): string {
    return text(this.envelope.error, "code")
  }
}

/** The value at a path such as `error.recovery.required_flag`; undefined where there is none. */
export const at = (value: unknown, path: string): Schema.Json | undefined =>
  path
    .split(".")
    .reduce<unknown>(
      (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
      value
    ) as Schema.Json | undefined

/** The text at a path; empty where there is none. */
export const text = (value: unknown, path: string): string => {
  const found = at(value, path)
  return typeof found === "string" ? found : ""
}

export interface Options {
  /** Over the environment that every run has: PATH and HOME, and nothing of whoever runs the tests. */
  readonly env?: { readonly [name: string]: string | undefined }
  /** What is on standard input. Nothing, unless it is given; `closed` closes it, `open` leaves it open for ever. */
  readonly stdin?: string | Uint8Array
  readonly cwd?: string
  /** A program and its words that start ours, e.g. `["unshare", "-Urm"]`. */
  readonly under?: ReadonlyArray<string>
  /** Words for node itself, before the name of the program. */
  readonly node?: ReadonlyArray<string>
  readonly timeout?: number
}

/** A machine of its own: a home that nobody else has, and a folder to work in. */
export interface Place {
  readonly root: string
  readonly home: string
  readonly work: string
  /** Where the embedded service keeps its data. */
  readonly data: string
  readonly config: string
  readonly env: { readonly [name: string]: string }
  readonly run: (args: ReadonlyArray<string>, options?: Options) => Promise<Ran>
  readonly start: (args: ReadonlyArray<string>, options?: Options) => Running
  /** A line for `sh`, in which the program is whatever the line says. */
  readonly shell: (line: string, options?: Options) => Promise<Ran>
  /** The same, for whoever does not wait for its end. */
  readonly startShell: (line: string, options?: Options) => Running
  /** A copy with everything that is in this one. */
  readonly copy: () => Place
}

/** A folder that is gone when the test, or outside of a test the file, has ended. */
export const folder = (): string => folderThen(() => {})

/** The same for what the program keeps: no secret may stand in it outside of its store. */
export const machineFolder = (): string => folderThen(noSecretLeft)

const folderThen = (look: (path: string) => void): string => {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "image-skill-cli-")))
  forget(() => {
    try {
      look(path)
    } finally {
      rmSync(path, { recursive: true, force: true, maxRetries: 5 })
    }
  })
  return path
}

const forget = (remove: () => void): void => {
  try {
    onTestFinished(remove)
  } catch {
    afterAll(remove)
  }
}

/** The folder of our node stands first, so that a printed `node ...` is the node of the tests. */
export const path = [dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(":")

export const place = (): Place => placeIn(machineFolder())

const placeIn = (root: string): Place => {
  const home = join(root, "home")
  const work = join(home, "work")
  mkdirSync(work, { recursive: true })
  const data = join(home, ".local", "share", "image-skill")
  const env = { PATH: path, HOME: home }
  const start: Place["start"] = (args, options = {}) => {
    const words = [...(options.under ?? []), process.execPath, ...(options.node ?? []), executable, ...args]
    return running(words, { cwd: work, ...options, env: { ...env, ...options.env } })
  }
  const startShell: Place["startShell"] = (line, options = {}) =>
    running(["/bin/sh", "-c", line], { cwd: work, ...options, env: { ...env, ...options.env } })
  return {
    root,
    home,
    work,
    data,
    config: join(data, "config.json"),
    env,
    start,
    run: (args, options) => start(args, options).ended,
    startShell,
    shell: (line, options) => startShell(line, options).ended,
    copy: () => {
      const other = machineFolder()
      cpSync(root, other, { recursive: true, preserveTimestamps: true })
      return placeIn(other)
    }
  }
}

/** A process that may still be running. */
export interface Running {
  readonly child: ChildProcessByStdio<Writable | null, Readable, Readable>
  readonly ended: Promise<Ran>
  /** The first line on stderr, or all of it if the process ends before. */
  readonly stderrLine: Promise<string>
  /** Stdout up to where it is a whole JSON document, for a server that prints one and goes on. */
  readonly firstEnvelope: Promise<Envelope>
}

/** A config by another name is a store of secrets, too. */
const namesStore = (cwd: string | undefined, { IMAGE_SKILL_CONFIG_PATH: file }: NonNullable<Options["env"]>): void => {
  if (file !== undefined) holdsSecrets(resolve(cwd ?? "/", file))
}

/** Nothing that is tested here takes so long; what does is stuck. */
const patience = 60_000

/** `asked` are the words that tell whether somebody wants to see a secret. */
const running = (words: ReadonlyArray<string>, options: Options, asked = words): Running => {
  const { cwd, env = {}, stdin = "", timeout = patience } = options
  namesStore(cwd, env)
  const [program = "", ...rest] = words
  const child = spawn(program, rest, {
    ...(cwd === undefined ? {} : { cwd }),
    env: Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)),
    stdio: [stdin === "closed" ? "ignore" : "pipe", "pipe", "pipe"],
    timeout,
    killSignal: "SIGKILL"
  }) as Running["child"]
  // Whoever does not read its input makes writing fail, which is no failure of the test.
  child.stdin?.on("error", () => {})
  if (stdin !== "open") child.stdin?.end(stdin === "closed" ? "" : stdin)
  const stdout: Array<Buffer> = []
  const stderr: Array<Buffer> = []
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk))
  const ended = new Promise<Ran>((done, reject) => {
    child.on("error", reject)
    child.on("close", (exitCode, signal) => {
      const leak = leakIn(asked, { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) })
      if (leak !== null) return reject(new Error(leak))
      done(new Ran({ exitCode, signal, stdout: all(stdout), stderr: all(stderr) }))
    })
  })
  const until = <A>(stream: Readable, look: () => A | null): Promise<A> =>
    new Promise((resolve, reject) => {
      const onData = () => {
        const found = look()
        if (found !== null) resolve(found)
      }
      stream.on("data", onData)
      ended
        .then((ran) => {
          onData()
          throw new Error(`it ended with ${ran.exitCode ?? ran.signal} first: ${ran.stdout}${ran.stderr}`)
        })
        .catch(reject)
    })
  const stderrLine = until(child.stderr, () => /^.*\n/u.exec(all(stderr))?.[0] ?? null)
  const firstEnvelope = until(child.stdout, () => parseOrNull(all(stdout)))
  for (const waiting of [stderrLine, firstEnvelope]) waiting.catch(() => {})
  return { child, ended, stderrLine, firstEnvelope }
}

const all = (chunks: ReadonlyArray<Buffer>): string => Buffer.concat(chunks).toString("utf8")

const parseOrNull = (document: string): Envelope | null => {
  try {
    return JSON.parse(document) as Envelope
  } catch {
    return null
  }
}

/** One command line for the driver, which runs many in one process. */
export interface Case {
  readonly args: ReadonlyArray<string>
  readonly env?: { readonly [name: string]: string }
}

/** What one of them did, and which files below its home are not as they were. */
export class DroveCase extends Ran {
  readonly changed: ReadonlyArray<string>

  constructor(ended: Pick<Ran, "exitCode" | "stdout" | "stderr"> & { readonly changed: ReadonlyArray<string> }) {
    super({ ...ended, signal: null })
    this.changed = ended.changed
  }
}

const driver = fileURLToPath(new URL("programs/Driver.ts", import.meta.url))

/**
 * The bundle run once for each case, all in one process, one after the other: where a process of its own adds nothing,
 * this is forty times as fast. Standard input is closed.
 */
export const drive = async (
  machine: Place,
  cases: ReadonlyArray<Case>,
  { cwd = machine.work, env = {}, under = [] }: Pick<Options, "cwd" | "env" | "under"> = {}
): Promise<ReadonlyArray<DroveCase>> => {
  const list = holdsSecrets(join(machine.root, "cases.json"))
  const all = cases.map(({ args, env: own }) => ({ args, env: { ...machine.env, ...env, ...own } }))
  writeFileSync(list, JSON.stringify({ executable, home: machine.home, cases: all }))
  for (const one of all) namesStore(cwd, one.env)
  const ran = await running(
    [...under, process.execPath, driver, list],
    { cwd, env: machine.env, stdin: "closed", timeout: 120_000 },
    cases.flatMap(({ args }) => args)
  ).ended
  assert.strictEqual(ran.exitCode, 0, ran.stderr)
  const [out, errors] = [ran.stdout, ran.stderr].map((stream) => stream.split(separator))
  const drove = cases.map((_, index) => {
    const record = JSON.parse(out?.[index * 2 + 1] ?? "{}") as { exitCode: number; changed: ReadonlyArray<string> }
    return new DroveCase({ ...record, stdout: out?.[index * 2] ?? "", stderr: errors?.[index] ?? "" })
  })
  rmSync(list)
  return drove
}

/** Stands between what two cases printed; no answer contains it. */
export const separator = "\u001e"

/** A text file of a place. */
export const read = (file: string): string => readFileSync(file, "utf8")

/** An identity with a saved token in a fresh place. */
export const signedUp = async (): Promise<Place> => {
  const machine = place()
  const ran = await machine.run(["signup", "--agent", "--agent-name", "painter", "--runtime", "tests", "--json"])
  assert.strictEqual(ran.exitCode, 0, ran.stdout)
  return machine
}

/** The smallest picture that the embedded illustrator makes. */
export const small = ["--model-parameters-json", `{"width":256,"height":256}`] as const

/** The shell prefix of the commands that a process of ours prints when nothing else is said. */
export const prefix = `node ${executable}`
