import {
  type CallHandler,
  type ExecutionContext,
  HttpCode,
  Injectable,
  type NestInterceptor,
  Post,
  SetMetadata,
  applyDecorators,
} from '@nestjs/common';
import type { Response } from 'express';
import { type Observable, mergeMap } from 'rxjs';
import { FollowService } from '../follow/follow.service';
import type { WithApi } from './api-request';
import { sendDocument } from './fault.response';
import type { Reply } from './reply';

const ACTION = 'clinker:action';

/** Whether a controller's method is a route of an action. */
export const isAction = (handler: object): boolean => Reflect.getMetadata(ACTION, handler) === true;

/** A route of an action, e.g. `@Action(':id/start')`. */
export const Action = (path: string | string[]): MethodDecorator => applyDecorators(Post(path), HttpCode(200), SetMetadata(ACTION, true));

/** Sends a controller's {@link Reply}, with what the client wants to be inlined. Controllers that answer with something else send for themselves. */
@Injectable()
export class ReplyInterceptor implements NestInterceptor<Reply | undefined, unknown> {
  constructor(private readonly links: FollowService) {}

  intercept(context: ExecutionContext, next: CallHandler<Reply | undefined>): Observable<unknown> {
    const http = context.switchToHttp();
    const { api, protocol, headers, method } = http.getRequest<WithApi>();
    if (!api) return next.handle();
    api.isAction = isAction(context.getHandler());
    const response = http.getResponse<Response>();
    return next.handle().pipe(
      mergeMap(async (reply) => {
        if (!reply) return undefined;
        const body = method === 'GET' ? await this.links.apply(reply.body, api) : reply.body;
        if (reply.location) response.setHeader('Location', `${protocol}://${headers.host ?? ''}${reply.location}`);
        sendDocument(response, api.format, reply.status, { element: reply.element, body });
        return undefined;
      }),
    );
  }
}
