import { HttpCode, Post, SetMetadata, applyDecorators } from '@nestjs/common';

const ACTION = 'clinker:action';

/** Whether a controller's method is a route of an action. */
export const isAction = (handler: object): boolean => Reflect.getMetadata(ACTION, handler) === true;

/** A route of an action, e.g. `@Action(':id/start')`. */
export const Action = (path: string | string[]): MethodDecorator => applyDecorators(Post(path), HttpCode(200), SetMetadata(ACTION, true));
