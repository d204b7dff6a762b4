import { XdrError } from './xdr.error';
import { XdrReader } from './xdr.reader';
import { XdrWriter } from './xdr.writer';

/** How one type looks on the wire. `write` and `read` throw `XdrError` and are each other's inverse. */
export interface Codec<T> {
  write(writer: XdrWriter, value: T): void;
  read(reader: XdrReader): T;
}

/** The TypeScript type that a codec carries. */
export type ValueOf<C> = C extends Codec<infer T> ? T : never;

/** Longest string that libvirt puts into a message: 4 MiB. */
const STRING_LIMIT = 4 * 1024 * 1024;

/** No bytes at all: the arguments or the result of a procedure that has none. */
export const nothing: Codec<void> = { write: () => undefined, read: () => undefined };

export const int: Codec<number> = { write: (writer, value) => writer.int(value), read: (reader) => reader.int() };

export const uint: Codec<number> = { write: (writer, value) => writer.uint(value), read: (reader) => reader.uint() };

export const hyper: Codec<bigint> = { write: (writer, value) => writer.hyper(value), read: (reader) => reader.hyper() };

export const uhyper: Codec<bigint> = { write: (writer, value) => writer.uhyper(value), read: (reader) => reader.uhyper() };

export const double: Codec<number> = { write: (writer, value) => writer.double(value), read: (reader) => reader.double() };

/** An int of 0 or 1. Any other number is refused. */
export const bool: Codec<boolean> = {
  write: (writer, value) => writer.int(value ? 1 : 0),
  read: (reader) => {
    const value = reader.int();
    if (value !== 0 && value !== 1) throw new XdrError(`${value} is not a boolean`);
    return value === 1;
  },
};

/** UTF-8 with a length before it. */
export const text: Codec<string> = {
  write: (writer, value) => {
    const bytes = Buffer.from(value, 'utf8');
    if (bytes.length > STRING_LIMIT) throw new XdrError(`a string of ${bytes.length} bytes is over the limit of ${STRING_LIMIT}`);
    writer.opaque(bytes);
  },
  read: (reader) => reader.opaque(STRING_LIMIT).toString('utf8'),
};

/** At most `limit` bytes with their length before them. What is read is a copy. */
export function opaque(limit: number): Codec<Uint8Array> {
  return {
    write: (writer, value) => {
      if (value.length > limit) throw new XdrError(`${value.length} bytes are over the limit of ${limit}`);
      writer.opaque(value);
    },
    read: (reader) => Uint8Array.from(reader.opaque(limit)),
  };
}

/** A value that may be absent: null. */
export function optional<T>(item: Codec<T>): Codec<T | null> {
  return {
    write: (writer, value) => {
      bool.write(writer, value !== null);
      if (value !== null) item.write(writer, value);
    },
    read: (reader) => (bool.read(reader) ? item.read(reader) : null),
  };
}

/** At most `limit` elements with their number before them. */
export function array<T>(item: Codec<T>, limit: number): Codec<T[]> {
  return {
    write: (writer, values) => {
      if (values.length > limit) throw new XdrError(`${values.length} elements are over the limit of ${limit}`);
      writer.uint(values.length);
      for (const value of values) item.write(writer, value);
    },
    read: (reader) => readTimes(reader, item, reader.length(limit)),
  };
}

/** Exactly `count` elements. */
export function fixedArray<T>(item: Codec<T>, count: number): Codec<T[]> {
  return {
    write: (writer, values) => {
      if (values.length !== count) throw new XdrError(`${values.length} elements where ${count} are due`);
      for (const value of values) item.write(writer, value);
    },
    read: (reader) => readTimes(reader, item, count),
  };
}

/** Fields one after another, in the order of `fields`. */
export function struct<F extends Record<string, Codec<unknown>>>(fields: F): Codec<{ [K in keyof F]: ValueOf<F[K]> }> {
  type Struct = { [K in keyof F]: ValueOf<F[K]> };
  const entries = Object.entries(fields);
  return {
    write: (writer, value) => {
      for (const [name, codec] of entries) codec.write(writer, value[name]);
    },
    read: (reader) => Object.fromEntries(entries.map(([name, codec]) => [name, codec.read(reader)])) as Struct,
  };
}

/** Decodes all of `bytes`; bytes left over are an error. */
export function decode<T>(codec: Codec<T>, bytes: Uint8Array): T {
  const reader = new XdrReader(bytes);
  const value = codec.read(reader);
  reader.end();
  return value;
}

/** Encodes one value alone. */
export function encode<T>(codec: Codec<T>, value: T): Buffer {
  const writer = new XdrWriter();
  codec.write(writer, value);
  return writer.bytes();
}

function readTimes<T>(reader: XdrReader, item: Codec<T>, count: number): T[] {
  const values: T[] = [];
  for (let index = 0; index < count; index += 1) values.push(item.read(reader));
  return values;
}
