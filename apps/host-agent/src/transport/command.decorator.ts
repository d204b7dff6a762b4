import type { CommandName, CommandReply, CommandRequest } from '@clinker/agent-protocol';
import { MessagePattern } from '@nestjs/microservices';

type CommandHandler<C extends CommandName> = (request: CommandRequest<C>) => Promise<CommandReply<C>>;

/** Makes a controller's method the handler of one command of the contract. The transport has checked the request by the contract's schema. */
export const Command =
  <C extends CommandName>(name: C) =>
  <H extends CommandHandler<C>>(target: object, key: string, descriptor: TypedPropertyDescriptor<H>): void => {
    MessagePattern(name)(target, key, descriptor);
  };
