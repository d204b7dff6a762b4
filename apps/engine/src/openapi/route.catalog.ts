import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants';
import { MetadataScanner } from '@nestjs/core';
import type { InputKind } from '../http/input';
import { isAction } from '../http/action.route';
import { type OwnParameters, ownParameters, takesSearch } from '../http/own.parameters';
import { ACCESS, type Declaration } from '../permissions/access.declarations';

/** A route as it is written down at its controller. */
export interface CatalogedRoute {
  /** `DisksController.add`. */
  readonly name: string;
  /** With parameters in braces: `/ovirt-engine/api/disks/{id}`. */
  readonly path: string;
  readonly method: 'get' | 'post' | 'put' | 'delete';
  readonly isAction: boolean;
  /** What its body is, if it takes one. */
  readonly input: InputKind<unknown> | undefined;
  readonly access: Declaration | undefined;
  /** What it takes of its own, beside what all routes take. */
  readonly parameters: OwnParameters;
  /** Whether it takes a search. */
  readonly searches: boolean;
}

const METHODS = new Map<RequestMethod, CatalogedRoute['method']>([
  [RequestMethod.GET, 'get'],
  [RequestMethod.POST, 'post'],
  [RequestMethod.PUT, 'put'],
  [RequestMethod.DELETE, 'delete'],
  // Log-in takes any method; clients use this one.
  [RequestMethod.ALL, 'post'],
]);

const list = (value: unknown): string[] => [value ?? ''].flat().map(String);

/** Inside, the API is below `/api`; clients see both prefixes, of which this is oVirt's. */
const publicPath = (prefix: string, path: string): string =>
  `/${prefix}/${path}`
    .replace(/\/+/g, '/')
    .replace(/(.)\/$/, '$1')
    .replace(/^\/api(?=\/|$)/, '/ovirt-engine/api')
    .replace(/:(\w+)/g, '{$1}');

const isInput = (data: unknown): data is InputKind<unknown> =>
  typeof data === 'object' && data !== null && 'element' in data && 'schema' in data && 'method' in data;

function inputOf(controller: Type, name: string): InputKind<unknown> | undefined {
  const found = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Record<string, { data?: unknown }>;
  return Object.values(found)
    .map(({ data }) => data)
    .find(isInput);
}

function routesOf(controller: Type, name: string): CatalogedRoute[] {
  const handler = (controller.prototype as Record<string, object>)[name];
  const paths: unknown = handler && Reflect.getMetadata(PATH_METADATA, handler);
  const method = handler && METHODS.get(Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod);
  if (!handler || paths === undefined || !method) return [];
  const route = {
    name: `${controller.name}.${name}`,
    method,
    isAction: isAction(handler),
    parameters: ownParameters(handler),
    searches: takesSearch(handler),
    input: inputOf(controller, name),
    access: (Reflect.getMetadata(ACCESS, handler) ?? Reflect.getMetadata(ACCESS, controller)) as Declaration | undefined,
  };
  const prefixes = list(Reflect.getMetadata(PATH_METADATA, controller));
  return prefixes.flatMap((prefix) => list(paths).map((path) => ({ ...route, path: publicPath(prefix, path) })));
}

/** Every route of these controllers, by path. */
export function catalogOf(controllers: readonly Type[]): CatalogedRoute[] {
  const scanner = new MetadataScanner();
  const routes = controllers.flatMap((controller) =>
    scanner.getAllMethodNames(controller.prototype as object).flatMap((name) => routesOf(controller, name)),
  );
  return routes.sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)) || (a.method < b.method ? -1 : 1));
}
