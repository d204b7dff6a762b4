import { Global, Module } from '@nestjs/common';
import { ExternalEventsController } from './external-events.controller';
import { ExternalEventsService } from './external-events.service';
import { EventsController } from './events.controller';
import { EventsService } from './events.service';

/** What happened. */
@Global()
@Module({
  providers: [EventsService, ExternalEventsService],
  controllers: [EventsController, ExternalEventsController],
  exports: [EventsService],
})
export class EventsModule {}
