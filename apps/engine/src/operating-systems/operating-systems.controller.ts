import type { Links, WireObject } from '@clinker/ovirt-api';
import { Controller, Get, Param } from '@nestjs/common';
import { NotFoundError } from '../errors/domain.errors';
import { LARGE_ICON, SMALL_ICON } from '../fixed-collections/icons';
import { Api, type ApiRequest } from '../http/api-request';
import { type Reply, ok } from '../http/reply';
import { LoggedIn } from '../permissions/access.declarations';
import { OPERATING_SYSTEMS, type OperatingSystem } from './operating.systems';

const represent = ({ id, name, description }: OperatingSystem, links: Links): WireObject => ({
  ...links.reference('operatingsystems', id),
  name,
  description,
  architecture: 'x86_64',
  large_icon: links.reference('icons', LARGE_ICON.id),
  small_icon: links.reference('icons', SMALL_ICON.id),
});

/** What VMs can be said to run. */
@Controller('api/operatingsystems')
export class OperatingSystemsController {
  /** oVirt's element of the list is `operation_systems`. */
  @Get()
  @LoggedIn()
  list(@Api() api: ApiRequest): Reply {
    return ok('operation_systems', { operating_system: OPERATING_SYSTEMS.map((one) => represent(one, api.links)) });
  }

  @Get(':id')
  @LoggedIn()
  get(@Param('id') id: string, @Api() api: ApiRequest): Reply {
    const found = OPERATING_SYSTEMS.find((one) => one.id === id);
    if (!found) throw new NotFoundError('Operating System', id);
    return ok('operating_system', represent(found, api.links));
  }
}
