import { Controller, Get, Param } from '@nestjs/common';
import { NotFoundError } from '../errors/domain.errors';
import { Api, type ApiRequest } from '../http/api-request';
import { type Reply, ok } from '../http/reply';
import { LoggedIn } from '../permissions/access.declarations';
import { SYSTEM_OPTIONS } from './system.options';

/** Settings of the engine that clients read by their names; oVirt has no list of them. */
@Controller('api/options')
export class SystemOptionsController {
  @Get(':name')
  @LoggedIn()
  get(@Param('name') name: string, @Api() { links }: ApiRequest): Reply {
    const found = Object.hasOwn(SYSTEM_OPTIONS, name) ? SYSTEM_OPTIONS[name] : undefined;
    if (!found) throw new NotFoundError('Option', name);
    const values = Object.entries(found).map(([version, value]) => ({ value, version }));
    return ok('system_option', { ...links.reference('options', name), name, values: { system_option_value: values } });
  }
}
