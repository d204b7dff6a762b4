import { Controller, Delete, Param, Post } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Input } from '../http/input';
import { type Reply, action, created } from '../http/reply';
import { Action } from '../http/action.route';
import { originOf } from '../http/request-origin';
import { Needs, onSystem } from '../permissions/access.declarations';
import { type NewEvent, newEvent } from './event.input';
import { eventRepresentation } from './event.representation';
import { EventsService } from './events.service';
import { ExternalEventsService } from './external-events.service';

/** Events that others report, and events that users have seen enough of. */
@Controller('api/events')
export class ExternalEventsController {
  constructor(
    private readonly external: ExternalEventsService,
    private readonly events: EventsService,
  ) {}

  @Post()
  @Needs('inject_external_events', onSystem)
  async add(@Input({ element: 'event', schema: newEvent, method: 'add' }) input: NewEvent, @Api() api: ApiRequest): Promise<Reply> {
    return created('event', eventRepresentation(await this.external.add(input, originOf(api)), api.links));
  }

  @Action('undelete')
  @Needs('audit_log_management', onSystem)
  async undelete(): Promise<Reply> {
    await this.events.showAll();
    return action(null, 'complete');
  }

  @Delete(':id')
  @Needs('audit_log_management', onSystem)
  async remove(@Param('id') id: string): Promise<Reply> {
    await this.events.hide(id);
    return action(null, 'complete');
  }
}
