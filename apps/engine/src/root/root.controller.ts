import { apiRoot } from '@clinker/ovirt-api';
import { Controller, Get } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { type Reply, ok } from '../http/reply';
import { RootService } from './root.service';

/** The document from which clients find everything else. */
@Controller('api')
export class RootController {
  constructor(private readonly root: RootService) {}

  @Get()
  async get(@Api() api: ApiRequest): Promise<Reply> {
    const [instanceId, summary] = await Promise.all([this.root.installationId(), this.root.summary()]);
    return ok(
      'api',
      apiRoot(api.links, { instanceId, summary, time: new Date(), authenticatedUserId: api.caller.id, effectiveUserId: api.caller.id }),
    );
  }
}
