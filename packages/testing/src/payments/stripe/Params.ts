import { invalid, missing, notAnInteger, unknown } from "./StripeFailure.ts"

interface Node {
  text: string | undefined
  readonly children: Map<string, Node>
}

const empty = (): Node => ({ text: undefined, children: new Map() })

/**
 * The parameters of a request: form-encoded, nested with brackets (`a[b]=1`), lists with indexes or empty brackets
 * (`a[0]=1`, `a[]=1`). Each reader names what it reads; `done` refuses what nobody asked for.
 */
export class Params {
  private readonly node: Node
  private readonly path: string
  private readonly asked = new Set<string>()
  private readonly inner: Array<Params> = []

  private constructor(node: Node, path: string) {
    this.node = node
    this.path = path
  }

  static parse(encoded: string): Params {
    const root = empty()
    for (const [name, value] of new URLSearchParams(encoded)) put(root, name, value)
    return new Params(root, "")
  }

  /** The name of a parameter as Stripe's errors spell it. */
  name(key: string): string {
    return this.path === "" ? key : `${this.path}[${key}]`
  }

  has(key: string): boolean {
    return this.take(key) !== undefined
  }

  /** Whether the parameter was sent with brackets. */
  isNested(key: string): boolean {
    return (this.take(key)?.children.size ?? 0) > 0
  }

  /** An empty value unsets, so it reads as absent. */
  text(key: string, mostLength = 5000): string | undefined {
    const node = this.take(key)
    if (node === undefined) return undefined
    if (node.children.size > 0) throw invalid(this.name(key), `Invalid string: ${this.name(key)} must be a string`)
    const { text } = node
    if (text !== undefined && text.length > mostLength)
      throw invalid(
        this.name(key),
        `Invalid string: ${text.slice(0, 20)}...; must be at most ${mostLength} characters`,
        "parameter_invalid_string_too_long"
      )
    return text === "" ? undefined : text
  }

  requiredText(key: string, mostLength?: number): string {
    return required(this.text(key, mostLength), this.name(key))
  }

  integer(key: string): number | undefined {
    const text = this.text(key)
    if (text === undefined) return undefined
    if (!/^-?\d{1,15}$/u.test(text)) throw notAnInteger(this.name(key), text)
    return Number(text)
  }

  requiredInteger(key: string): number {
    return required(this.integer(key), this.name(key))
  }

  flag(key: string): boolean | undefined {
    const text = this.text(key)
    if (text === undefined) return undefined
    if (text !== "true" && text !== "false") throw invalid(this.name(key), `Invalid boolean: ${text}`)
    return text === "true"
  }

  oneOf<const Value extends string>(key: string, values: ReadonlyArray<Value>): Value | undefined {
    const text = this.text(key)
    if (text === undefined) return undefined
    const found = values.find((value) => value === text)
    if (found === undefined)
      throw invalid(this.name(key), `Invalid ${this.name(key)}: must be one of ${values.join(", ")}`)
    return found
  }

  texts(key: string): ReadonlyArray<string> {
    const node = this.take(key)
    if (node === undefined) return []
    return entriesOf(node).map(({ children, text }, index) => {
      if (children.size > 0 || text === undefined)
        throw invalid(this.name(key), `Invalid string: ${this.name(key)}[${index}] must be a string`)
      return text
    })
  }

  list(key: string): ReadonlyArray<Params> {
    const node = this.take(key)
    if (node === undefined) return []
    return entriesOf(node).map((entry, index) => this.within(entry, `${this.name(key)}[${index}]`))
  }

  /** The parameters inside another one; undefined where it was not sent. */
  object(key: string): Params | undefined {
    const node = this.take(key)
    if (node === undefined || (node.children.size === 0 && node.text === "")) return undefined
    if (node.children.size === 0) throw invalid(this.name(key), "Invalid object")
    return this.within(node, this.name(key))
  }

  /** At most 50 pairs, names of at most 40 and values of at most 500 characters: https://docs.stripe.com/api/metadata. */
  metadata(key: string): { readonly [name: string]: string } {
    const node = this.take(key)
    if (node === undefined) return {}
    if (node.children.size > 50) throw invalid(this.name(key), "Metadata can have at most 50 keys.")
    return Object.fromEntries(
      [...node.children].flatMap(([name, { text }]) => {
        if (name.length > 40) throw invalid(this.name(key), `Metadata key names can have at most 40 characters.`)
        if (text === undefined || text.length > 500)
          throw invalid(`${this.name(key)}[${name}]`, "Metadata values can have at most 500 characters.")
        return text === "" ? [] : [[name, text]]
      })
    )
  }

  /** Refuses the first parameter that nothing has asked for. */
  done(): void {
    for (const key of this.node.children.keys()) if (!this.asked.has(key)) throw unknown(this.name(key))
    for (const params of this.inner) params.done()
  }

  private take(key: string): Node | undefined {
    this.asked.add(key)
    return this.node.children.get(key)
  }

  private within(node: Node, path: string): Params {
    const params = new Params(node, path)
    this.inner.push(params)
    return params
  }
}

/** The value, or the error of a parameter that must be there. */
export const required = <A>(value: A | undefined, name: string): A => {
  if (value === undefined) throw missing(name)
  return value
}

const put = (root: Node, name: string, value: string) => {
  const head = /^[^[\]]+/u.exec(name)?.[0]
  if (head === undefined || !/^(?:\[[^[\]]*\])*$/u.test(name.slice(head.length))) throw unknown(name)
  const keys = [head, ...[...name.slice(head.length).matchAll(/\[([^[\]]*)\]/gu)].map(([, key = ""]) => key)]
  let node = root
  for (const key of keys) {
    const place = key === "" ? `${node.children.size}` : key
    const next = node.children.get(place) ?? empty()
    node.children.set(place, next)
    node = next
  }
  node.text = value
}

const entriesOf = (node: Node): ReadonlyArray<Node> =>
  [...node.children].sort(([left], [right]) => Number(left) - Number(right)).map(([, entry]) => entry)
