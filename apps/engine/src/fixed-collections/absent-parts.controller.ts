import { Controller, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { NotFoundError, UnsupportedError } from '../errors/domain.errors';
import { Api, type ApiRequest } from '../http/api-request';
import { ReadsRoot } from '../permissions/access.declarations';
import { ABSENT_PARTS, absentPartAt } from './absent.parts';

const COLLECTIONS = Object.keys(ABSENT_PARTS);
const MEMBERS = COLLECTIONS.map((path) => `${path}/:absent`);

/** Parts of objects of which there is nothing: the object's own controller lists them, this one says why there can be none. */
@Controller('api')
export class AbsentPartsController {
  @Post(COLLECTIONS)
  @ReadsRoot()
  add(@Api() { target }: ApiRequest): never {
    const { type, reason } = absentPartAt(target.path);
    throw new UnsupportedError(`Cannot add ${type}. ${reason}`);
  }

  @Get(MEMBERS)
  @ReadsRoot()
  get(@Param('absent') id: string, @Api() api: ApiRequest): never {
    return this.missing(id, api);
  }

  @Put(MEMBERS)
  @ReadsRoot()
  update(@Param('absent') id: string, @Api() api: ApiRequest): never {
    return this.missing(id, api);
  }

  @Delete(MEMBERS)
  @ReadsRoot()
  remove(@Param('absent') id: string, @Api() api: ApiRequest): never {
    return this.missing(id, api);
  }

  private missing(id: string, { target }: ApiRequest): never {
    throw new NotFoundError(absentPartAt(target.path).type, id);
  }
}
