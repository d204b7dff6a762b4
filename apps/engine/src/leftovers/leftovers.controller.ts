import { Controller, Get } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, action, ok } from '../http/reply';
import { Action } from '../http/action.route';
import { originOf } from '../http/request-origin';
import { Administrators, Needs, onSystem } from '../permissions/access.declarations';
import { LeftoverRecordsService } from './leftover-records.service';
import { leftoverRepresentation } from './leftover.representation';
import { LeftoversService } from './leftovers.service';

/** A report of our own, beside oVirt's names. */
@Controller('api/clinker/leftovers')
@Administrators()
export class LeftoversController {
  constructor(
    private readonly leftovers: LeftoversService,
    private readonly records: LeftoverRecordsService,
  ) {}

  @Get()
  async list(@Api() api: ApiRequest): Promise<Reply> {
    return listReply('leftovers', await this.leftovers.list(), (one) => leftoverRepresentation(one, api.links));
  }

  @Get(':id')
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('leftover', leftoverRepresentation(await this.leftovers.get(id), api.links));
  }

  /** Removes it for good, unless it is known again by now: its job tells. */
  @Action(':id/cleanup')
  @Needs('manipulate_storage_domain', onSystem)
  async cleanUp(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return action(api.links.reference('jobs', await this.records.clean(id, originOf(api))), 'pending', true);
  }
}
