import type { WireObject } from '@clinker/ovirt-api';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { type Observable, mergeMap } from 'rxjs';
import type { WithApi } from '../http/api-request';
import type { Reply } from '../http/reply';
import type { Viewer } from './viewer';
import { VisibleObjects } from './visible-objects.service';

/** Short lists come from services that know no viewer: what he does not see is left out of them here. */
@Injectable()
export class VisibleListInterceptor implements NestInterceptor<Reply, Reply> {
  constructor(private readonly objects: VisibleObjects) {}

  intercept(context: ExecutionContext, next: CallHandler<Reply>): Observable<Reply> {
    const viewer = context.switchToHttp().getRequest<WithApi>().api?.viewer;
    return viewer?.listed === undefined ? next.handle() : next.handle().pipe(mergeMap((reply) => this.narrow(reply, viewer)));
  }

  private async narrow(reply: Reply, viewer: Viewer): Promise<Reply> {
    if (viewer.applied || viewer.listed === undefined) return reply;
    const body: WireObject = {};
    for (const [item, value] of Object.entries(reply.body))
      body[item] = Array.isArray(value) ? [...(await this.objects.only(viewer, viewer.listed, value as WireObject[]))] : value;
    return { ...reply, body };
  }
}
