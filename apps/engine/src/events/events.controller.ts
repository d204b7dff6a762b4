import { collection } from '@clinker/ovirt-api';
import { Controller, Get, Param } from '@nestjs/common';
import { Api, type ApiRequest, wholeNumber } from '../http/api-request';
import { Searches, Takes } from '../http/own.parameters';
import { type Reply, ok } from '../http/reply';
import { Lists, Reads } from '../permissions/access.declarations';
import { listQuery } from '../search/list-query';
import { eventRepresentation } from './event.representation';
import { EventsService } from './events.service';

@Controller('api/events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Get()
  @Searches()
  @Takes({ from: 'Only events with a greater number.' })
  @Lists('event')
  async list(@Api() api: ApiRequest): Promise<Reply> {
    const found = await this.events.list(listQuery(api), wholeNumber(api, 'from'));
    return ok(
      'events',
      collection(
        'events',
        found.map((event) => eventRepresentation(event, api.links)),
      ),
    );
  }

  @Get(':id')
  @Reads('event')
  async get(@Param('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('event', eventRepresentation(await this.events.get(id), api.links));
  }
}
