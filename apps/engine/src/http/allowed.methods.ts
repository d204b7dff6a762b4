import type { Application, Router } from 'express';
import { ResourceRoutes } from './resource.routes';

/** What is needed of Express's router, whose types do not show its layers. */
interface Layer {
  readonly route?: { readonly methods: Readonly<Record<string, boolean>> };
  match(path: string): boolean;
}

const ALL = ['GET', 'POST', 'PUT', 'DELETE'];

const layersOf = (router: Router | undefined): readonly Layer[] => (router as { stack: readonly Layer[] } | undefined)?.stack ?? [];

/** The methods that some route at this path has; none if there is no such path. */
export function allowedMethods(application: Application, path: string): string[] {
  const routers = [application.router, ResourceRoutes.of(application).at(path)];
  const routes = routers.flatMap(layersOf).flatMap((layer) => (layer.route && layer.match(path) ? [layer.route.methods] : []));
  const found = ALL.filter((method) => routes.some((methods) => methods[method.toLowerCase()] || methods['_all']));
  if (found.length === 0) return [];
  return found.includes('GET') ? ['OPTIONS', 'HEAD', ...found] : ['OPTIONS', ...found];
}
