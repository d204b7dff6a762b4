import { Codec, ValueOf, array, bool, double, hyper, int, optional, struct, text, uhyper, uint } from '../xdr/xdr.codec';
import { XdrError } from '../xdr/xdr.error';

const UUID_BYTES = 16;
const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Sixteen bytes on the wire; a string of the form 8-4-4-4-12 here, in lower case when read. */
export const uuid: Codec<string> = {
  write: (writer, value) => {
    if (!UUID_PATTERN.test(value)) throw new XdrError(`'${value}' is not a UUID`);
    writer.fixedOpaque(Buffer.from(value.replaceAll('-', ''), 'hex'));
  },
  read: (reader) => {
    const hex = reader.fixedOpaque(UUID_BYTES).toString('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  },
};

/** A domain as libvirt names it everywhere. `id` is -1 while it does not run. */
export const domain = struct({ name: text, uuid, id: int });

export type WireDomain = ValueOf<typeof domain>;

/** libvirt finds a domain by its UUID alone, so that name and id need not be looked up before a call. */
export function domainOf(uuidOfDomain: string): WireDomain {
  return { name: '', uuid: uuidOfDomain, id: -1 };
}

/** A secret; libvirt finds it by its UUID alone as well. */
export const secret = struct({ uuid, usageType: int, usageId: text });

export type WireSecret = ValueOf<typeof secret>;

export function secretOf(uuidOfSecret: string): WireSecret {
  return { uuid: uuidOfSecret, usageType: 0, usageId: '' };
}

/** What libvirt answers instead of a result. Only code, domain and message mean anything to us. */
export const remoteError = struct({
  code: int,
  domain: int,
  message: optional(text),
  level: int,
  dom: optional(domain),
  str1: optional(text),
  str2: optional(text),
  str3: optional(text),
  int1: int,
  int2: int,
  network: optional(struct({ name: text, uuid })),
});

export type TypedValue = number | bigint | boolean | string;

/** The numbers that stand before the value of a typed parameter and say its type. */
export const TypedParameterType = { int: 1, uint: 2, llong: 3, ullong: 4, double: 5, boolean: 6, string: 7 } as const;

const typedValueCodecs = new Map<number, Codec<TypedValue>>([
  [TypedParameterType.int, int],
  [TypedParameterType.uint, uint],
  [TypedParameterType.llong, hyper],
  [TypedParameterType.ullong, uhyper],
  [TypedParameterType.double, double],
  [TypedParameterType.boolean, bool],
  [TypedParameterType.string, text],
] as readonly (readonly [number, Codec<TypedValue>])[]);

function typedValueCodec(type: number): Codec<TypedValue> {
  const codec = typedValueCodecs.get(type);
  if (codec === undefined) throw new XdrError(`${type} is no type of a typed parameter`);
  return codec;
}

/** A name and a value that carries its own type: what libvirt uses where the fields differ between versions. */
export interface TypedParameter {
  readonly field: string;
  readonly type: number;
  readonly value: TypedValue;
}

export const typedParameter: Codec<TypedParameter> = {
  write: (writer, parameter) => {
    text.write(writer, parameter.field);
    int.write(writer, parameter.type);
    typedValueCodec(parameter.type).write(writer, parameter.value);
  },
  read: (reader) => {
    const field = text.read(reader);
    const type = int.read(reader);
    return { field, type, value: typedValueCodec(type).read(reader) };
  },
};

/** libvirt's limit for most lists of objects. */
export const LIST_LIMIT = 16_384;

/** At most `limit` typed parameters. */
export function typedParameters(limit: number): Codec<TypedParameter[]> {
  return array(typedParameter, limit);
}
