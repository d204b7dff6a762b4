import { type WireObject, itemOf } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { NotFoundError, UnsupportedError } from '../errors/domain.errors';
import { Followers } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { emptyCollection } from '../http/empty-collection';
import { listReply } from '../http/list-reply';
import { type Reply, ok } from '../http/reply';
import { Action } from '../http/action.route';
import { LoggedIn } from '../permissions/access.declarations';
import { FIXED_COLLECTIONS, type FixedCollection } from './fixed.collections';

const SEGMENTS = Object.keys(FIXED_COLLECTIONS);
const PARTS = [...new Set(Object.values(FIXED_COLLECTIONS).flatMap(({ parts = {} }) => Object.keys(parts)))];

/** The routes name the collections, so the request's is one of them. */
function requested({ target }: ApiRequest): FixedCollection {
  const segment = target.path.split('/')[1] ?? '';
  const found = FIXED_COLLECTIONS[segment];
  if (!found) throw new NotFoundError('Collection', segment);
  return found;
}

function memberOf({ members, type }: FixedCollection, id: string, { links }: ApiRequest): WireObject {
  const found = members?.(links).find((one) => one.id === id.toLowerCase());
  if (!found) throw new NotFoundError(type, id);
  return found;
}

/** Collections of oVirt that clients read and nobody can change here: they say why nothing can be added. */
@Controller(SEGMENTS.map((segment) => `api/${segment}`))
export class FixedCollectionsController {
  constructor(followers: Followers) {
    for (const [segment, { members, parts = {} }] of Object.entries(FIXED_COLLECTIONS)) {
      followers.objects(segment, (ids, { links }) => Promise.resolve((members?.(links) ?? []).filter(({ id }) => ids.includes(id))));
      followers.empty(segment, parts, { weights: 'weight' });
    }
  }

  @Get()
  @LoggedIn()
  list(@Api() api: ApiRequest): Reply {
    const { element, members } = requested(api);
    return listReply(element, members?.(api.links) ?? [], (one) => one);
  }

  @Post()
  @LoggedIn()
  add(@Api() api: ApiRequest): never {
    const { type, reason } = requested(api);
    throw new UnsupportedError(`Cannot add ${type}. ${reason}`);
  }

  @Get(':id')
  @LoggedIn()
  get(@Param('id') id: string, @Api() api: ApiRequest): Reply {
    const found = requested(api);
    return ok(itemOf(found.element), memberOf(found, id, api));
  }

  @Put(':id')
  @LoggedIn()
  update(@Param('id') id: string, @Api() api: ApiRequest): never {
    return this.refuse('edit', id, api);
  }

  @Delete(':id')
  @LoggedIn()
  remove(@Param('id') id: string, @Api() api: ApiRequest): never {
    return this.refuse('remove', id, api);
  }

  @Get(PARTS.map((segment) => `:id/${segment}`))
  @LoggedIn()
  part(@Param('id') id: string, @Api() api: ApiRequest): Reply {
    const found = requested(api);
    memberOf(found, id, api);
    return emptyCollection(api, found.parts ?? {});
  }

  @Action(':id/:action')
  @LoggedIn()
  act(@Param('id') id: string, @Api() api: ApiRequest): never {
    return this.refuse(api.target.path.split('/').at(-1) ?? '', id, api);
  }

  private refuse(action: string, id: string, api: ApiRequest): never {
    const found = requested(api);
    memberOf(found, id, api);
    throw new UnsupportedError(`Cannot ${action} ${found.type}. ${found.reason}`);
  }
}
