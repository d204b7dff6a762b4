import { collection } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { NotFoundError, UnsupportedError } from '../errors/domain.errors';
import { Api, type ApiRequest } from '../http/api-request';
import { type Reply, ok } from '../http/reply';
import { Action } from '../http/reply.interceptor';
import { LoggedIn } from '../permissions/access.declarations';
import { ABSENT_COLLECTIONS, type AbsentCollection } from './absent.collections';

const SEGMENTS = Object.keys(ABSENT_COLLECTIONS);

/** The routes name the collections, so the request's is one of them. */
function requested({ target }: ApiRequest): AbsentCollection {
  const segment = target.path.split('/')[1] ?? '';
  const found = ABSENT_COLLECTIONS[segment];
  if (!found) throw new NotFoundError('Collection', segment);
  return found;
}

/** Collections of oVirt of which Clinker has nothing: they can be read, and say why nothing can be added. */
@Controller(SEGMENTS.map((segment) => `api/${segment}`))
export class AbsentCollectionsController {
  @Get()
  @LoggedIn()
  list(@Api() api: ApiRequest): Reply {
    const { element } = requested(api);
    return ok(element, collection(element, []));
  }

  @Post()
  @LoggedIn()
  add(@Api() api: ApiRequest): never {
    const { type, reason } = requested(api);
    throw new UnsupportedError(`Cannot add ${type}. ${reason}`);
  }

  @Get(':id')
  @LoggedIn()
  get(@Param('id') id: string, @Api() api: ApiRequest): never {
    throw new NotFoundError(requested(api).type, id);
  }

  @Put(':id')
  @LoggedIn()
  update(@Param('id') id: string, @Api() api: ApiRequest): never {
    throw new NotFoundError(requested(api).type, id);
  }

  @Delete(':id')
  @LoggedIn()
  remove(@Param('id') id: string, @Api() api: ApiRequest): never {
    throw new NotFoundError(requested(api).type, id);
  }

  @Action(':id/:action')
  @LoggedIn()
  act(@Param('id') id: string, @Api() api: ApiRequest): never {
    throw new NotFoundError(requested(api).type, id);
  }
}
