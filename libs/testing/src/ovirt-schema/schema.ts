import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A type that has no members: a value, or a choice of words. */
export interface Leaf {
  readonly kind: 'leaf';
  readonly pattern: RegExp;
}

/** A member of a type. */
export interface Member {
  readonly type: string;
  /** True if it may come more than once. */
  readonly repeated: boolean;
}

/** A type with members, in their order; attributes by name. */
export interface Structure {
  readonly kind: 'structure';
  readonly members: ReadonlyMap<string, Member>;
  readonly attributes: ReadonlyMap<string, string>;
}

export type SchemaType = Leaf | Structure;

const leaf = (pattern: RegExp): Leaf => ({ kind: 'leaf', pattern });

const VALUES: Readonly<Record<string, Leaf>> = {
  a: leaf(/^[^]*$/),
  b: leaf(/^(true|false)$/),
  d: leaf(/^-?\d+(\.\d+)?$/),
  h: leaf(/^-?\d{1,5}$/),
  i: leaf(/^-?\d{1,10}$/),
  l: leaf(/^-?\d{1,19}$/),
  s: leaf(/^[^]*$/),
  t: leaf(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/),
  U: leaf(/^\d{1,20}$/),
  u: leaf(/^\d{1,10}$/),
};

const typeOfName = (name: string): string =>
  name
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** A structure as it is written down, before what it extends is put before it. */
interface Draft {
  readonly base: string | undefined;
  readonly parts: readonly string[];
}

/**
 * oVirt's schema of answers, from a text of its own: one type per line, `Type<Base: member member=type member*=type @attribute=type`.
 * A member without a type has that of its name; `=item[]Type` is an element that holds any number of items; `*` repeats the member itself;
 * `Type = word word` is a choice of words. Values are a: anything, b: boolean, d: decimal, i, l, h, u, U: integers, s: text, t: time.
 */
export class OvirtSchema {
  private readonly drafts = new Map<string, Draft>();
  private readonly types = new Map<string, SchemaType>(Object.entries(VALUES));
  readonly roots = new Map<string, string>();

  constructor(text = readFileSync(join(__dirname, 'schema.txt'), 'utf8')) {
    const lines = text.replaceAll('\n  ', ' ').split('\n');
    for (const line of lines.filter((one) => one !== '' && !one.startsWith('#'))) this.read(line);
  }

  /** The type of this name, or of an element that holds `item[]Type`. @throws Error if the schema's text does not have it */
  type(name: string): SchemaType {
    const known = this.types.get(name);
    if (known) return known;
    const found = name.includes('[]') ? this.list(name) : this.structure(name);
    this.types.set(name, found);
    return found;
  }

  private read(line: string): void {
    const [, choice, words] = /^(\w+) = (.*)$/.exec(line) ?? [];
    if (choice !== undefined) return void this.types.set(choice, leaf(new RegExp(`^(${(words ?? '').replaceAll(' ', '|')})$`)));
    const [head = '', rest = ''] = line.split(': ');
    const parts = rest.split(' ').filter(Boolean);
    if (head === 'roots') return parts.forEach((part) => this.roots.set(...pair(part)));
    const [name = '', base] = head.replace(':', '').split('<');
    this.drafts.set(name, { base, parts });
  }

  private list(name: string): Structure {
    const [item = '', type] = name.split('[]');
    return { kind: 'structure', attributes: new Map(), members: new Map([[item, { type: type || typeOfName(item), repeated: true }]]) };
  }

  private structure(name: string): Structure {
    const draft = this.drafts.get(name);
    if (!draft) throw new Error(`The schema has no type ${name}`);
    const base = draft.base === undefined ? undefined : (this.type(draft.base) as Structure);
    const members = new Map(base?.members);
    const attributes = new Map(base?.attributes);
    for (const part of draft.parts) {
      const [written, type] = pair(part);
      const repeated = written.endsWith('*');
      if (written.startsWith('@')) attributes.set(written.slice(1), type);
      else members.set(repeated ? written.slice(0, -1) : written, { type, repeated });
    }
    return { kind: 'structure', members, attributes };
  }
}

function pair(part: string): [name: string, type: string] {
  const [name = '', type] = part.split('=');
  return [name, type ?? typeOfName(name)];
}
