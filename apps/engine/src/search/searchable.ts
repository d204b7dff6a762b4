import type { SearchOperator } from '@clinker/ovirt-api';

/** Puts a value of the client into the statement as a parameter, and gives its placeholder: no text of a client ever becomes SQL. */
export type Bind = (value: string | string[]) => string;

/** What a client says of one field. */
export interface FieldComparison {
  /** The field as the client wrote it, for error texts. */
  readonly name: string;
  readonly operator: SearchOperator;
  readonly value: string;
  readonly caseSensitive: boolean;
}

/** Something that can be searched and sorted by. Made by the functions of field.kinds.ts. */
export interface SearchField {
  /** SQL that orders by the field. */
  readonly order: string;
  /** The condition as SQL. @throws InvalidInputError for a value or an operator that the field cannot be compared with */
  condition(comparison: FieldComparison, bind: Bind): string;
}

/** Fields by the names that clients write; a plain text is SQL of type text. Underscores in names do not matter. */
export type SearchFields = Readonly<Record<string, SearchField | string>>;

/** Objects to which the searched one refers: `Storage.name = x` holds if one of them matches. */
export interface SearchReference {
  /** Tables and the way to the outer row, as they follow `SELECT … FROM`: `storage_domain sd WHERE sd.id = disk.storage_domain_id`. */
  readonly from: string;
  readonly fields: SearchFields;
}

/** What can be searched in one kind of object. The aliases are those of the query. */
export interface Searchable {
  readonly fields: SearchFields;
  /**
   * By the singular of the object's name in lower case: `host` for `Host.name` and `Hosts.name`. `host = x` without a field means
   * its name, unless `fields` has a `host`.
   */
  readonly references?: Readonly<Record<string, SearchReference>>;
  /** What orders the list when the client does not: a field's name, or SQL. */
  readonly defaultSort: string;
  readonly defaultDescending?: boolean;
  /** Fields in which words without a field are looked for. */
  readonly freeText: readonly string[];
  /** SQL of what makes the order of equal rows stable; the alias's `id` if not given. */
  readonly key?: string;
}
