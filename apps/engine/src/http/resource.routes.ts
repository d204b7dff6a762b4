import { type Application, type NextFunction, type Request, type Response, Router } from 'express';

/** Below which collection a path is: `/api/vms/:id` is below `vms`. */
const COLLECTION = /^\/api\/([a-z]+)(?:\/|$)/i;

const known = new WeakMap<Application, ResourceRoutes>();

/**
 * The routes of the API by the collection that they are below. Express tries routes one after the other: of all that the API has, that takes as
 * long as to find a page of VMs.
 */
export class ResourceRoutes {
  private readonly routers = new Map<string, Router>();

  private constructor(application: Application) {
    application.use((request: Request, response: Response, next: NextFunction) => {
      const router = request.method === 'OPTIONS' ? undefined : this.at(request.path);
      return router ? router(request, response, next) : next();
    });
  }

  /** Those of an application, which looks for them from where they were asked for first. */
  static of(application: Application): ResourceRoutes {
    const routes = known.get(application) ?? new ResourceRoutes(application);
    known.set(application, routes);
    return routes;
  }

  /** The router that has the routes of this path, if there is one. */
  at(path: string): Router | undefined {
    return this.routers.get(COLLECTION.exec(path)?.[1]?.toLowerCase() ?? '');
  }

  /** The router for a new route; undefined for one that is below no collection. */
  for(path: string): Router | undefined {
    const collection = COLLECTION.exec(path)?.[1]?.toLowerCase();
    if (collection === undefined) return undefined;
    const router = this.routers.get(collection) ?? Router();
    this.routers.set(collection, router);
    return router;
  }
}
