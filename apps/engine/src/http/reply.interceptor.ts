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
import { type Observable, map } from 'rxjs';
import type { WithApi } from './api-request';
import { sendDocument } from './fault.response';
import type { Reply } from './reply';

const ACTION = 'clinker:action';

/** A route of an action, e.g. `@Action(':id/start')`. */
export const Action = (path: string | string[]): MethodDecorator => applyDecorators(Post(path), HttpCode(200), SetMetadata(ACTION, true));

/** Sends a controller's {@link Reply}. Controllers that are not below the API send for themselves. */
@Injectable()
export class ReplyInterceptor implements NestInterceptor<Reply, unknown> {
  intercept(context: ExecutionContext, next: CallHandler<Reply>): Observable<unknown> {
    const http = context.switchToHttp();
    const { api, protocol, headers } = http.getRequest<WithApi>();
    if (!api) return next.handle();
    api.isAction = Reflect.getMetadata(ACTION, context.getHandler()) === true;
    const response = http.getResponse<Response>();
    return next.handle().pipe(
      map((reply) => {
        if (reply.location) response.setHeader('Location', `${protocol}://${headers.host ?? ''}${reply.location}`);
        sendDocument(response, api.format, reply.status, reply);
        return undefined;
      }),
    );
  }
}
