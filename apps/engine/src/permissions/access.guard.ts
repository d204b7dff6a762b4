import { parameter } from '@clinker/ovirt-api';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { NotFoundError } from '../errors/domain.errors';
import type { ApiRequest, WithApi } from '../http/api-request';
import { isAction } from '../http/action.route';
import { ACCESS, type Addressed, type Declaration, type ObjectOf } from './access.declarations';
import { AccessService } from './access.service';
import { type ObjectReference, type ObjectType, describeType } from './object.tree';
import type { Permit } from './permit.catalog';
import type { Standing } from './standing';
import type { Viewer } from './viewer';

interface Asked {
  readonly api: ApiRequest;
  readonly standing: Standing;
  readonly request: Addressed;
  /** For the event of a refusal. */
  readonly what: string;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ENTITY_WITH_NUMBER: readonly ObjectType[] = ['event'];

/** What is no id names nothing. */
const refuseMalformed = (type: ObjectType, id: string): void => {
  const wellFormed = ENTITY_WITH_NUMBER.includes(type) ? /^\d{1,18}$/.test(id) : UUID.test(id);
  if (!wellFormed) throw new NotFoundError(describeType(type).title, id);
};

/** The client's wish to see only what is his own, or everything: header, matrix parameter or query. */
function filterWish(request: WithApi, api: ApiRequest): boolean | undefined {
  const given = request.headers['filter'] ?? parameter(api.target, 'filter');
  if (given === undefined) return undefined;
  return !/^(false|f|no|n|0)$/i.test(String(given));
}

const viewerOf = (id: string, { principals }: Standing, declaration: Declaration): Viewer => ({
  ...{ id, principals, applied: false },
  ...(declaration.kind === 'lists' ? { listed: declaration.type } : {}),
});

/** Lets through who may do what the route declares. A route that declares nothing is for nobody. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly access: AccessService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const declaration = this.reflector.getAllAndOverride<Declaration | undefined>(ACCESS, [context.getHandler(), context.getClass()]);
    if (declaration?.kind === 'open') return true;
    const request = context.switchToHttp().getRequest<WithApi>();
    const { api } = request;
    if (!api || !declaration) return false;
    api.isAction = isAction(context.getHandler());
    const standing = await this.access.enter(api.caller);
    const asked: Asked = {
      api,
      standing,
      request: { path: api.target.path, params: request.params },
      what: `${request.method} ${api.target.path}`,
    };
    const filter = filterWish(request, api);
    if (filter === false && !standing.isAdministrator) await this.access.refuse(api.caller.id, `${asked.what} without filter`);
    const seesEverything = standing.seesEverything && !filter;
    if (!seesEverything) api.viewer = viewerOf(api.caller.id, standing, declaration);
    await this.check(declaration, { ...asked, standing: { ...standing, seesEverything } });
    return true;
  }

  private check(declaration: Declaration, asked: Asked): Promise<void> | void {
    switch (declaration.kind) {
      case 'administrators':
        return this.administrators(asked);
      case 'lists':
        return declaration.of && this.seen(declaration.of(asked.request), asked);
      case 'reads':
        return this.seen({ type: declaration.type, id: String(asked.request.params[declaration.parameter] ?? '') }, asked);
      case 'reads-place':
        return this.seen(declaration.object(asked.request), asked);
      case 'needs':
        return this.permitted(declaration.permit, declaration.object, asked);
      default:
        return undefined;
    }
  }

  private async administrators({ api, standing, what }: Asked): Promise<void> {
    if (!standing.seesEverything) await this.access.refuse(api.caller.id, what);
  }

  private async seen({ type, id }: ObjectReference, { api, standing }: Asked): Promise<void> {
    if (standing.seesEverything || type === 'system') return;
    refuseMalformed(type, id);
    await this.access.requireSeen(api.caller.id, type, id, standing);
  }

  private async permitted(permit: Permit, objectOf: ObjectOf, { api, request }: Asked): Promise<void> {
    const object: ObjectReference = objectOf(request);
    if (object.type !== 'system') refuseMalformed(object.type, object.id);
    await this.access.require(api.caller.id, permit, object);
  }
}
