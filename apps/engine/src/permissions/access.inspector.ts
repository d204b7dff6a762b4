import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ACCESS, type Declaration } from './access.declarations';

/** A route, and what it demands. */
export interface DeclaredRoute {
  /** `DisksController.list`. */
  readonly name: string;
  readonly paths: readonly string[];
  /** Nest's number of the method. */
  readonly method: number;
  readonly declaration: Declaration | undefined;
}

const METHOD = 'method';
const listOf = (value: string | string[] | undefined): string[] => (Array.isArray(value) ? value : [value ?? '']);
const join = (prefix: string, path: string): string => `/${prefix}/${path}`.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');

/** Knows every route. The engine does not start while one of them does not declare who may use it. */
@Injectable()
export class AccessInspector implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    const silent = this.routes().filter(({ declaration }) => declaration === undefined);
    if (silent.length === 0) return;
    const names = silent.map(({ name }) => name).join(', ');
    throw new Error(`These routes do not declare who may use them (see permissions/access.declarations.ts): ${names}`);
  }

  routes(): DeclaredRoute[] {
    return this.discovery.getControllers().flatMap(({ metatype }) => (typeof metatype === 'function' ? this.routesOf(metatype) : []));
  }

  private routesOf(controller: NonNullable<object> & { prototype?: object; name?: string }): DeclaredRoute[] {
    const prototype = controller.prototype as Record<string, unknown>;
    const prefixes = listOf(Reflect.getMetadata(PATH_METADATA, controller) as string | string[] | undefined);
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name] as () => unknown;
      const path = Reflect.getMetadata(PATH_METADATA, handler) as string | string[] | undefined;
      if (path === undefined) return [];
      return {
        name: `${controller.name ?? ''}.${name}`,
        paths: prefixes.flatMap((prefix) => listOf(path).map((one) => join(prefix, one))),
        method: Reflect.getMetadata(METHOD, handler) as number,
        declaration: this.reflector.getAllAndOverride<Declaration | undefined>(ACCESS, [handler, controller as () => unknown]),
      };
    });
  }
}
