import { MalformedDocument, type ParsedDocument, contentKind, fromJson, fromXml, readInput } from '@clinker/ovirt-api';
import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { ZodType } from 'zod';
import { NotFoundError } from '../errors/domain.errors';
import type { WithApi } from './api-request';

/** What a route takes: the element, its schema, and the method's name for messages such as `Disk [provisionedSize] required for add`. */
export interface InputKind<T> {
  readonly element: string;
  readonly schema: ZodType<T>;
  readonly method: string;
}

function parse(request: WithApi, element: string): ParsedDocument {
  const text = typeof request.body === 'string' ? request.body : '';
  if (!text.trim()) return { element, body: {} };
  const kind = contentKind(request.headers['content-type']);
  const document = kind === 'json' ? fromJson(text) : fromXml(text);
  if (kind !== 'json' && document.element !== element)
    throw new MalformedDocument(`The body must be a <${element}>, not a <${document.element}>.`);
  return document;
}

/** `storage_domain` is `StorageDomain` in messages. */
const typeName = (element: string): string => element.replace(/(^|_)([a-z])/g, (_all, _start, letter: string) => letter.toUpperCase());

/** The request's body, parsed and checked: XML and JSON look the same to the schema. */
export const Input = createParamDecorator((kind: InputKind<unknown>, context: ExecutionContext): unknown => {
  const request = context.switchToHttp().getRequest<WithApi>();
  const { body } = parse(request, kind.element);
  return readInput(kind.schema, body, { type: typeName(kind.element), method: kind.method });
});

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** An id from the path. What is no uuid names nothing, so it is not found (clients ask for `/snapshots/None`). */
export const Id = createParamDecorator((name: string, context: ExecutionContext): string => {
  const text = String(context.switchToHttp().getRequest<WithApi>().params[name]);
  if (!UUID.test(text)) throw new NotFoundError('Entity', text);
  return text.toLowerCase();
});
